// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/time/clock.hpp>

namespace coil {

/// Waits for the outside world: an operating system, a simulated one, or nothing but
/// time. A runtime is an `event_loop` with a driver.
class driver {
public:
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;

    /// The time outside.
    [[nodiscard]] virtual instant now() noexcept = 0;

    /// Waits until something happens outside, until `deadline`, or until `wake()`;
    /// completes the leaves whose events came. A deadline that has passed only polls.
    ///
    /// Returns: whether a call of `wake()` was used up.
    virtual bool wait(instant deadline) noexcept = 0;

    /// Ends `wait`, now or the next time.
    ///
    /// Threads: any, and signal handlers.
    virtual void wake() noexcept = 0;

protected:
    driver() = default;
    ~driver() = default;
};

}  // namespace coil
