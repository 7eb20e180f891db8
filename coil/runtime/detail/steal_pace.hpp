// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/time/clock.hpp>

#include <algorithm>
#include <cstdint>

namespace coil::detail {

/// When a worker may take strands that others queued. To move one costs some hundred
/// nanoseconds on both sides, as what it touches lies in the other processor's cache.
/// So a worker whom the strands that it took last kept busy for less than that rests
/// before it takes more, and then takes a few, to see whether they are worth more now.
///
/// What counts is how long the worker had something to do, not how long the turns are:
/// a short turn may fork all that there is to compute.
class steal_pace {
public:
    /// How many to take at once.
    [[nodiscard]] std::uint32_t most() const noexcept {
        return pause_.count() == 0 ? all : few;
    }

    /// It took so many.
    void took(std::uint32_t count, instant current) noexcept {
        taken_ = count;
        taken_at_ = current;
    }

    /// It has nothing to do. Until when it shall take nothing; a time that has passed
    /// if it may.
    template <class Clock>
    [[nodiscard]] instant rests_until(const Clock& now) noexcept {
        if (taken_ != 0) judge(now());
        return rests_until_;
    }

    /// It is needed.
    void end_rest() noexcept { rests_until_ = instant::min(); }

private:
    static constexpr std::uint32_t all = ~std::uint32_t{0};
    static constexpr std::uint32_t few = 8;
    static constexpr std::chrono::nanoseconds worth = std::chrono::microseconds(1);
    static constexpr std::chrono::nanoseconds shortest = std::chrono::microseconds(32);
    static constexpr std::chrono::nanoseconds longest = std::chrono::microseconds(256);

    void judge(instant current) noexcept {
        const bool was_worth_it = current - taken_at_ >= taken_ * worth;
        taken_ = 0;
        pause_ =
            was_worth_it ? pause_.zero() : std::clamp(2 * pause_, shortest, longest);
        rests_until_ = was_worth_it ? instant::min() : current + pause_;
    }

    std::uint32_t taken_ = 0;  // not yet judged
    instant taken_at_;
    std::chrono::nanoseconds pause_{};
    instant rests_until_ = instant::min();
};

}  // namespace coil::detail
