// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/event_loop.hpp>

namespace coil {

void event_loop::claim_for_run() noexcept {
    if (strand::current() != nullptr) {
        fatal(
            "a runtime was told to run inside a running strand; co_await the work, or ",
            "spawn it in a group");
    }
    claim_thread();
}

void event_loop::run_until(const bool& is_done) noexcept {
    while (!is_done) {
        remote().drain();
        if (ready_.is_empty() || ++turns_ >= turns_between_polls_) wait_outside();
        ready_.run_turn();
    }
}

// With strands ready it only polls, so that they do not starve the outside world.
void event_loop::wait_outside() noexcept {
    const instant current = now();
    wheel().advance(current);
    if (!ready_.is_empty()) {
        adapt_polling(current);
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

// A poll costs about a microsecond, so short turns are polled between less often: often
// enough that nothing outside waits for longer than a tenth of a millisecond or so.
void event_loop::adapt_polling(instant current) noexcept {
    constexpr unsigned fewest = 8;
    constexpr unsigned most = 1024;
    const bool was_full = turns_ >= turns_between_polls_;
    const auto passed = current - polled_;
    turns_ = 0;
    polled_ = current;
    if (!was_full) return;
    if (passed < std::chrono::microseconds(20) && turns_between_polls_ < most) {
        turns_between_polls_ *= 2;
    } else if (passed > std::chrono::microseconds(100) &&
               turns_between_polls_ > fewest) {
        turns_between_polls_ /= 2;
    }
}

}  // namespace coil
