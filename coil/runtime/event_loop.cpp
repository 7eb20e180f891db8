// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/event_loop.hpp>

namespace coil {

void event_loop::run_until(const bool& is_done) noexcept {
    while (!is_done) {
        remote().drain();
        if (ready_.is_empty() || ++turns_ % turns_between_polls == 0) wait_outside();
        ready_.run_turn();
    }
}

// With strands ready it only polls, so that they do not starve the outside world.
void event_loop::wait_outside() noexcept {
    wheel().advance(now());
    if (!ready_.is_empty()) {
        driver_.wait(instant::min());
    } else if (remote().try_sleep()) {
        bool is_woken = driver_.wait(wheel().next_event());
        // Whoever found us asleep calls `driver::wake()`, if late: with that behind us,
        // no thread touches this loop any more, and it may end.
        if (!remote().wake_up()) {
            while (!is_woken) is_woken = driver_.wait(instant::max());
        }
        wheel().advance(now());
    }
    remote().drain();
}

}  // namespace coil
