// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/time/sleep.hpp>

#include <algorithm>
#include <optional>

namespace coil {

/// What becomes of ticks whose time passed while nobody waited for them.
enum class missed_ticks : unsigned char {
    burst,  ///< They come at once, one after the other, until the time is caught up.
    delay,  ///< The next one comes a period after the late one, and so do all others.
    skip,   ///< They are left out; the next one comes when it would have.
};

/// Ticks, a period apart: the first one at once, or a period after `reset()`. A stream
/// that never ends, of the times that the ticks were for.
///
/// \snippet coil/time/interval_test.cpp  every second
///
/// Between two ticks it counts from tick to tick, not from when the work in between was
/// done; for pauses *between* pieces of work `sleep` is right.
///
/// What missing means: a tick is late by more than half a period, or by five
/// milliseconds, as tokio's is. Requires: a period of more than nothing.
/// Threads: one strand at a time. Stop: a `next()` that is stopped loses no tick.
/// Allocates: never.
class interval {
    class tick;

public:
    using value_type = instant;

    template <class Rep, class Period>
    explicit interval(std::chrono::duration<Rep, Period> period,
                      missed_ticks missed = missed_ticks::burst) noexcept
        : period_(to_pause(period)),
          missed_(missed) {
        COIL_EXPECTS(period_.count() > 0 && "an interval has a period");
    }

    /// The next tick. Never empty.
    [[nodiscard]] tick next() noexcept;
    /// From now on the next tick is a period away.
    void reset() noexcept { due_ = after(now()); }
    [[nodiscard]] clock::duration period() const noexcept { return period_; }

private:
    [[nodiscard]] instant after(instant given) const noexcept {
        const bool fits = period_ <= instant::max() - given;
        return fits ? given + period_ : instant::max();
    }
    /// Sets when the next tick is due.
    void ticked(instant at) noexcept;

    clock::duration period_;
    missed_ticks missed_;
    std::optional<instant> due_;  // before the first one nobody knows
};

/// The leaf behind `interval::next`.
class [[nodiscard(
    "a tick does nothing until it is awaited: write co_await")]] interval::tick
    : public detail::sleep_leaf<interval::tick> {
public:
    static constexpr const char* what = "interval";

    std::optional<instant> await_resume() const noexcept {
        const instant at = *of_->due_;
        of_->ticked(at);
        return at;
    }

private:
    friend interval;
    friend sleep_leaf;

    explicit tick(interval& of) noexcept : sleep_leaf(instant()), of_(&of) {}
    [[nodiscard]] instant end(timer_service& timers) const noexcept {
        if (!of_->due_) of_->due_ = timers.now();
        return *of_->due_;
    }

    interval* of_;
};

inline interval::tick interval::next() noexcept {
    return tick(*this);
}

inline void interval::ticked(instant at) noexcept {
    constexpr clock::duration late_max = std::chrono::milliseconds(5);
    const instant current = now();
    const clock::duration late = current - at;
    due_ = after(at);
    if (late <= std::min(late_max, period_ / 2)) return;
    switch (missed_) {
        case missed_ticks::burst: return;
        case missed_ticks::delay: due_ = after(current); return;
        case missed_ticks::skip: due_ = after(current - late % period_); return;
    }
}

}  // namespace coil
