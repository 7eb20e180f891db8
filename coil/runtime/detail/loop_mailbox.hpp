// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/mailbox.hpp>
#include <coil/runtime/driver.hpp>

namespace coil::detail {

/// A loop's mailbox, which ends its driver's wait.
class loop_mailbox : public mailbox {
public:
    explicit loop_mailbox(driver& of) noexcept : driver_(of) {}

    /// Waits outside, at most until `deadline`. False: a message had come first.
    bool sleep_until(instant deadline) noexcept {
        if (!try_sleep()) return false;
        bool is_woken = driver_.wait(deadline);
        // Whoever found us asleep calls `driver::wake()`, if late: with that behind us,
        // no thread touches this loop any more, and it may end.
        if (!wake_up()) {
            while (!is_woken) is_woken = driver_.wait(instant::max());
        }
        return true;
    }

private:
    void notify() noexcept override { driver_.wake(); }
    driver& driver_;
};

}  // namespace coil::detail
