// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>

#include <cstdint>

namespace coil {

/// The time of the runtime that the current strand runs on: real time on a server,
/// virtual time in a test. Monotonic; its epoch is the runtime's own affair.
struct clock {
    using rep = std::chrono::nanoseconds::rep;
    using period = std::chrono::nanoseconds::period;
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<clock>;
    static constexpr bool is_steady = true;

    /// Requires: called from a strand whose runtime has timers.
    [[nodiscard]] static time_point now() noexcept;
};

/// A point in time.
using instant = clock::time_point;

namespace detail {

/// Nanoseconds of `count` units, rounded up. Counted so wide that nothing can overflow.
template <class Unit>
[[nodiscard]] constexpr clock::duration whole_pause(std::uintmax_t count) noexcept {
    __extension__ using wide = unsigned __int128;
    using in_nanoseconds = std::ratio_divide<Unit, clock::period>;
    constexpr wide multiplier = in_nanoseconds::num;
    constexpr wide divisor = in_nanoseconds::den;
    constexpr wide longest = clock::duration::max().count();
    const wide parts = count * multiplier;
    const wide whole = parts / divisor + (parts % divisor != 0 ? 1 : 0);
    return whole < longest ? clock::duration(static_cast<clock::rep>(whole))
                           : clock::duration::max();
}

/// The same for floating point, in the precision that was given.
template <class Rep, class Period>
[[nodiscard]] constexpr clock::duration broken_pause(
    std::chrono::duration<Rep, Period> pause) noexcept {
    using given = std::chrono::duration<Rep, Period>;
    using nanoseconds = std::chrono::duration<Rep, clock::period>;
    const nanoseconds longest(static_cast<Rep>(clock::duration::max().count()));
    // Asked twice: the first time so that nothing overflows, the second as rounding may
    // have made it the longest.
    if (pause >= std::chrono::duration_cast<given>(longest))
        return clock::duration::max();
    const auto broken = std::chrono::duration_cast<nanoseconds>(pause);
    if (broken >= longest) return clock::duration::max();
    return std::chrono::ceil<clock::duration>(broken);
}

}  // namespace detail

/// `pause` in the clock's unit: rounded up, never below nothing, and for ever if it is
/// its type's `max()` or too long to count. What is not a number is nothing.
template <class Rep, class Period>
[[nodiscard]] constexpr clock::duration to_pause(
    std::chrono::duration<Rep, Period> pause) noexcept {
    using given = std::chrono::duration<Rep, Period>;
    if (!(pause > given::zero())) return clock::duration::zero();
    if (pause == given::max()) return clock::duration::max();
    if constexpr (std::chrono::treat_as_floating_point_v<Rep>) {
        return detail::broken_pause(pause);
    } else {
        using counted = std::chrono::duration<std::uintmax_t, Period>;
        return detail::whole_pause<Period>(
            std::chrono::duration_cast<counted>(pause).count());
    }
}

/// The current time, as the current strand's runtime knows it.
///
/// Requires: called from a strand whose runtime has timers.
[[nodiscard]] inline instant now() noexcept {
    return clock::now();
}

}  // namespace coil
