// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/runtime/driver.hpp>
#include <coil/time/timer.hpp>

#include <mutex>

namespace coil::detail {

/// A worker's timers: strands that have moved on cancel them from other threads.
///
/// Threads: any; `advance` and `next_event` from the worker's.
template <class Mutex>
class basic_shared_timers : public timer_service {
public:
    /// Deadlines are rounded up to multiples of `resolution`, at least 1 ns.
    basic_shared_timers(driver& of, instant::duration resolution) noexcept
        : driver_(of),
          resolution_(resolution),
          wheel_(of.now()) {}

    [[nodiscard]] instant now() const noexcept override { return driver_.now(); }
    void arm(timer& armed, instant deadline) noexcept override {
        armed.cancel();
        deadline = rounded(deadline);
        const std::scoped_lock lock(mutex_);
        armed.shared_by_ = this;
        wheel_.arm(armed, deadline == timer::on_its_way
                              ? deadline + instant::duration(1)
                              : deadline);
    }
    [[nodiscard]] instant next_event() noexcept {
        const std::scoped_lock lock(mutex_);
        return wheel_.next_event();
    }
    /// Sends what is due on its way to its strand.
    void advance(instant current) noexcept {
        const std::scoped_lock lock(mutex_);
        wheel_.advance(current);
    }

private:
    [[nodiscard]] bool withdraw(timer& armed) noexcept override {
        const std::scoped_lock lock(mutex_);
        if (armed.deadline_ == timer::on_its_way && !COIL_PLANTED(fired_ones_withdraw))
            return false;
        armed.take_out();
        return true;
    }

    [[nodiscard]] instant rounded(instant deadline) const noexcept {
        if (resolution_.count() <= 1) return deadline;
        const auto over = deadline.time_since_epoch() % resolution_;
        const auto missing = over.count() > 0 ? resolution_ - over : -over;
        return missing < instant::max() - deadline ? deadline + missing : deadline;
    }

    driver& driver_;
    const instant::duration resolution_;
    Mutex mutex_;
    timer_wheel wheel_;
};

using shared_timers = basic_shared_timers<std::mutex>;

}  // namespace coil::detail
