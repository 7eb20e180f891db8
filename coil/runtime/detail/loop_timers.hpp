// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/driver.hpp>
#include <coil/time/timer.hpp>

namespace coil::detail {

/// The loop's time. Read anew each time: a pause counted from a turn's beginning would
/// end too early by what the turn has taken so far.
class loop_timers : public timer_service {
public:
    explicit loop_timers(driver& of) noexcept : driver_(of), wheel_(of.now()) {}

    [[nodiscard]] instant now() const noexcept override { return driver_.now(); }
    void arm(timer& armed, instant deadline) noexcept override {
        wheel_.arm(armed, deadline);
    }
    [[nodiscard]] timer_wheel& wheel() noexcept { return wheel_; }

private:
    driver& driver_;
    timer_wheel wheel_;
};

}  // namespace coil::detail
