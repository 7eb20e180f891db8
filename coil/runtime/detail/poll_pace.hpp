// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/time/clock.hpp>

#include <utility>

namespace coil::detail {

/// When to look at the outside world while there is something to run. A look costs
/// about a microsecond, so short turns have many between two: as many as fit in a tenth
/// of a millisecond or so, which is how long something outside may wait.
class poll_pace {
public:
    /// Called before each turn. Turns may become long from one to the next, so the
    /// clock is looked at now and then.
    template <class Clock>
    [[nodiscard]] bool is_due(const Clock& now) noexcept {
        if (++turns_ >= turns_between_) return true;
        return turns_ % turns_between_looks == 0 && now() - polled_ > longest;
    }

    /// It was polled, with something to run.
    void polled(instant current) noexcept {
        const bool was_full = turns_ >= turns_between_;
        const auto turns = std::exchange(turns_, 0U);
        const auto passed = current - std::exchange(polled_, current);
        if (passed > longest) {
            const auto fitting = turns * longest.count() / passed.count();
            turns_between_ = fitting > fewest ? static_cast<unsigned>(fitting) : fewest;
        } else if (was_full && passed < longest / 5 && turns_between_ < most) {
            turns_between_ *= 2;
        }
    }

    /// It was waited for, with nothing to run.
    void slept(instant current) noexcept {
        polled_ = current;
        turns_ = 0;
    }

private:
    static constexpr std::chrono::nanoseconds longest = std::chrono::microseconds(100);
    static constexpr unsigned turns_between_looks = 16;
    static constexpr unsigned fewest = 1;
    static constexpr unsigned most = 1024;

    unsigned turns_ = 0;
    unsigned turns_between_ = 32;
    instant polled_;
};

}  // namespace coil::detail
