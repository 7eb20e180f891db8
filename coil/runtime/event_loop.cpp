// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/event_loop.hpp>

namespace coil {

instant detail::loop_timers::now() const noexcept {
    if (!is_fresh_) {
        now_ = driver_.now();
        is_fresh_ = true;
    }
    return now_;
}

void event_loop::run_until(const bool& is_done) noexcept {
    while (!is_done) {
        begin_turn();
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
        driver_.wait(wheel().next_event());
        remote().wake_up();
        begin_turn();
        wheel().advance(now());
    }
    remote().drain();
}

}  // namespace coil
