// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/outside_strands.hpp>
#include <coil/runtime/event_loop.hpp>

namespace coil {

void event_loop::claim_for_run() noexcept {
    detail::check_outside_strands();
    if (main_ != nullptr) {
        fatal("a runtime was told to run while it runs already");
    }
    claim_thread();
}

void event_loop::run_until(const bool& is_done) noexcept {
    while (!is_done) {
        remote().drain();
        if (ready_.is_empty() || pace_.is_due([this] { return now(); })) wait_outside();
        ready_.run_turn();
    }
}

// With strands ready it only polls, so that they do not starve the outside world.
void event_loop::wait_outside() noexcept {
    const instant current = now();
    wheel().advance(current);
    if (!ready_.is_empty()) {
        pace_.polled(current);
        driver_.wait(instant::min());
    } else if (sleep_until(wheel().next_event())) {
        const instant woken = now();
        wheel().advance(woken);
        pace_.slept(woken);
    }
    remote().drain();
}

}  // namespace coil
