// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/detail/shared_timers.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include "strands.hpp"

namespace coil::models {

namespace {

/// Two strands, and an event for each.
struct pair {
    crew all{3};
    event first;
    event second;
    plain state;
    int rounds = 0;
    int ended = 0;
};

task<> answer(pair& d) {
    co_await d.first.wait();
    expect(d.state.read() == 1, "what precedes the first is seen");
    d.state.write(2);
    d.second.set();
    ++d.ended;
}
task<> call(pair& d) {
    d.state.write(1);
    d.first.set();
    co_await d.second.wait();
    expect(d.state.read() == 2, "what precedes the answer is seen");
    ++d.ended;
}

model call_and_answer() {
    return strands_model<pair>(
        "two strands wake each other in turn",
        {"between_is_missed", "messages_wake_nobody"},
        [](pair& d) {
            d.all.start(0, call(d));
            d.all.start(1, answer(d));
            program p = d.all.working([&d] { expect(d.ended == 2, "both ended"); });
            p.threads.pop_back();
            return p;
        },
        4);
}

task<> give_way_twice(pair& d) {
    co_await yield_now();
    ++d.rounds;
    co_await d.first.wait();
    co_await yield_now();
    ++d.rounds;
}

model gives_way() {
    return strands_model<pair>(
        "a strand that gives way is woken by another thread as well",
        {"rests_over_messages", "between_is_missed"},
        [](pair& d) {
            d.all.start(0, give_way_twice(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.first.set(); }},
                           [&d] { expect(d.rounds == 2, "it went on to its end"); }};
        },
        4);
}

task<> wait_then_end(pair& d) {
    const auto first = co_await as_outcome(d.first.wait());
    ++d.rounds;
    const auto second = co_await as_outcome(d.second.wait());
    expect(second.is_stopped() || d.ended == 0, "a stop is sticky");
    d.ended += first.has_value() ? 1 : 0;
    if (first.has_value() && second.has_value()) expect(false, "nobody set the other");
}

model stop_and_message_to_strand() {
    return strands_model<pair>(
        "a stop and a wake-up both reach a strand, each once",
        {"messages_hide_stops", "rests_over_messages"}, [](pair& d) {
            d.all.start(0, wait_then_end(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.first.set(); },
                            [&d] { d.all.stop(0); }},
                           [&d] { expect(d.rounds == 1, "it went on once"); }};
        });
}

model two_stops() {
    return strands_model<pair>(
        "a strand that two threads ask to stop is stopped once",
        {"rests_over_messages"}, [](pair& d) {
            d.all.start(0, answer(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.all.stop(0); },
                            [&d] { d.all.stop(0); }},
                           [&d] { expect(d.all.was_stopped(0), "it was stopped"); }};
        });
}

// --- timers ---

/// A clock that stands still until somebody moves it.
struct hand_clock : driver {
    instant now() noexcept override { return current; }
    bool wait(instant) noexcept override { return false; }
    void wake() noexcept override {}
    instant current = instant(std::chrono::seconds(1));
};

/// Strands whose timers belong to a worker that is another thread.
struct timed {
    hand_clock outside;
    detail::basic_shared_timers<mutex> timers{outside, instant::duration(1)};
    crew all{2, &timers};
    event happened;
    int woken = 0;
    int late = 0;

    /// What the timers' worker does: as often as there may be something due.
    void tick() {
        outside.current += std::chrono::seconds(1);
        timers.advance(outside.current);
    }
};

constexpr auto a_second = std::chrono::seconds(1);

task<> nap(timed& d) {
    co_await sleep(a_second);
    ++d.woken;
}
/// Time passes on another thread until all have ended.
void let_time_pass(timed& d) {
    while (!d.all.have_ended()) {
        if (d.timers.next_event() != instant::max()) {
            d.tick();
        } else if (!d.all.have_ended()) {
            pause();
        }
    }
}

program time_and_one(timed& d, std::function<void()> after) {
    return {{[&d] { d.all.work(0); }, [&d] { let_time_pass(d); }}, std::move(after)};
}

model fires_elsewhere() {
    return strands_model<timed>(
        "a timer that fires on another thread wakes its strand",
        {"rests_over_messages", "messages_wake_nobody"},
        [](timed& d) {
            d.all.start(0, nap(d));
            return time_and_one(d, [&d] { expect(d.woken == 1, "it woke up"); });
        },
        4);
}

task<> nap_or_not(timed& d) {
    const auto ended = co_await as_outcome(nap(d));
    // A message that comes late is delivered meanwhile, and wakes what has ended.
    for (int i = 0; i < 3; ++i) co_await shield(yield_now());
    expect(ended.is_stopped() == (d.woken == 0), "it ended in one way");
}

model fires_and_stop() {
    return strands_model<timed>(
        "a timer is cancelled, or fires, while its strand is stopped",
        {"fired_ones_withdraw", "cancel_leaves_news"}, [](timed& d) {
            d.all.start(0, nap_or_not(d));
            program p = time_and_one(d, [] {});
            p.threads.emplace_back([&d] { d.all.stop(0); });
            return p;
        });
}

task<> in_time_or_not(timed& d) {
    if (co_await with_timeout(a_second, d.happened.wait())) {
        ++d.woken;
    } else {
        ++d.late;
    }
    co_await yield_now();  // a message that comes late would be delivered now
}

model event_or_time() {
    return strands_model<timed>(
        "an event comes in time, or a time-out ends the wait",
        {"fired_ones_withdraw", "cancel_leaves_news", "woken_ones_withdraw"},
        [](timed& d) {
            d.all.start(0, in_time_or_not(d));
            program p = time_and_one(
                d, [&d] { expect(d.woken + d.late == 1, "it ended in one way"); });
            p.threads.emplace_back([&d] { d.happened.set(); });
            return p;
        });
}

task<> two_naps(timed& d) {
    const auto first = co_await race(sleep(a_second), d.happened.wait());
    (void)first;
    ++d.woken;
    co_await sleep(a_second);
    ++d.woken;
}

model armed_again() {
    return strands_model<timed>(
        "a timer that was cancelled is armed again",
        {"fired_ones_withdraw", "cancel_leaves_news"}, [](timed& d) {
            d.all.start(0, two_naps(d));
            program p =
                time_and_one(d, [&d] { expect(d.woken == 2, "it slept twice"); });
            p.threads.emplace_back([&d] { d.happened.set(); });
            return p;
        });
}

model two_sleep() {
    return strands_model<timed>(
        "timers of two strands fire on the thread of neither",
        {"rests_over_messages", "messages_wake_nobody"},
        [](timed& d) {
            d.all.start(0, nap(d));
            d.all.start(1, nap(d));
            program p = d.all.working([&d] { expect(d.woken == 2, "both woke up"); });
            p.threads.emplace_back([&d] { let_time_pass(d); });
            return p;
        },
        1);
}

}  // namespace

std::vector<model> strand_models() {
    return {call_and_answer(), gives_way(),       stop_and_message_to_strand(),
            two_stops(),       fires_elsewhere(), fires_and_stop(),
            event_or_time(),   armed_again(),     two_sleep()};
}

}  // namespace coil::models
