// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>

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

/// `pause` in the clock's unit: rounded up, never below nothing, and for ever if it is
/// too long to count.
template <class Rep, class Period>
[[nodiscard]] constexpr clock::duration to_pause(
    std::chrono::duration<Rep, Period> pause) noexcept {
    using given = std::chrono::duration<Rep, Period>;
    if (!(pause > given::zero())) return clock::duration::zero();
    if constexpr (std::ratio_greater_equal_v<Period, clock::period>) {
        const auto longest = std::chrono::duration_cast<given>(clock::duration::max());
        if (pause >= longest) return clock::duration::max();
    }
    return std::chrono::ceil<clock::duration>(pause);
}

/// The current time, as the current strand's runtime knows it.
///
/// Requires: called from a strand whose runtime has timers.
[[nodiscard]] inline instant now() noexcept {
    return clock::now();
}

}  // namespace coil
