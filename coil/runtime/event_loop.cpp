// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/event_loop.hpp>

#include <utility>

namespace coil {

namespace {
constexpr std::chrono::nanoseconds poll_pause_longest = std::chrono::microseconds(100);
constexpr unsigned turns_between_looks = 16;
constexpr unsigned turns_between_polls_fewest = 1;
constexpr unsigned turns_between_polls_most = 1024;
}  // namespace

void event_loop::claim_for_run() noexcept {
    if (strand::current() != nullptr) {
        fatal(
            "a runtime was told to run inside a running strand; co_await the work, or ",
            "spawn it in a group");
    }
    if (main_ != nullptr) {
        fatal("a runtime was told to run while it runs already");
    }
    claim_thread();
}

void event_loop::run_until(const bool& is_done) noexcept {
    while (!is_done) {
        remote().drain();
        if (ready_.is_empty() || is_time_to_poll()) wait_outside();
        ready_.run_turn();
    }
}

// Turns may become long from one to the next, so the clock is looked at now and then.
bool event_loop::is_time_to_poll() noexcept {
    if (++turns_ >= turns_between_polls_) return true;
    return turns_ % turns_between_looks == 0 && now() - polled_ > poll_pause_longest;
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
        polled_ = now();
        wheel().advance(polled_);
        turns_ = 0;
    }
    remote().drain();
}

// A poll costs about a microsecond, so short turns are polled between less often: often
// enough that nothing outside waits for longer than a tenth of a millisecond or so.
void event_loop::adapt_polling(instant current) noexcept {
    const bool was_full = turns_ >= turns_between_polls_;
    const auto turns = std::exchange(turns_, 0U);
    const auto passed = current - std::exchange(polled_, current);
    if (passed > poll_pause_longest) {
        const auto fitting = turns * poll_pause_longest.count() / passed.count();
        turns_between_polls_ = fitting > turns_between_polls_fewest
                                   ? static_cast<unsigned>(fitting)
                                   : turns_between_polls_fewest;
    } else if (was_full && passed < poll_pause_longest / 5 &&
               turns_between_polls_ < turns_between_polls_most) {
        turns_between_polls_ *= 2;
    }
}

}  // namespace coil
