// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parts of `parallel`, in strands of their own.
#include <coil/core/as_outcome.hpp>
#include <coil/core/yield.hpp>
#include <coil/parallel/parallel.hpp>
#include <coil/sync/event.hpp>

#include "strands.hpp"

#include <stdexcept>

namespace coil::models {

namespace {

struct forks {
    crew all{3};
    event never;
    event go;
    plain texts[3];
    int ended = 0;
    int stopped = 0;
    int errors = 0;

    forks() { all.spread({1, 2}); }
};

task<int> note(forks& d, int which) {
    d.texts[which].write(7);
    ++d.ended;
    co_return which;
}
task<int> wait_to_go(forks& d) {
    co_await d.go.wait();
    co_return 1;
}
task<int> wait_for_ever(forks& d) {
    co_await d.never.wait();
    co_return 1;
}
task<int> fail_at_once(forks&) {
    throw std::runtime_error("no");
    co_return 1;
}

void expect_seen(forks& d, int notes) {
    for (int i = 0; i < notes; ++i)
        expect(d.texts[i].read() == 7, "what a part did is seen after all of them");
}

model forked_model(const char* name, std::vector<const char*> finds,
                   task<> (*whole)(forks&), void (*after)(forks&), int switches,
                   std::size_t threads, std::function<void(forks&)> beside = {}) {
    return strands_model<forks>(
        name, std::move(finds),
        [=](forks& d) {
            d.all.start(0, whole(d));
            program p = d.all.working([&d, after] { after(d); });
            p.threads.resize(threads);
            if (threads == 2) d.all.spread({1});
            if (beside) p.threads.emplace_back([&d, beside] { beside(d); });
            return p;
        },
        switches);
}

task<> two(forks& d) {
    const auto [one, other] = co_await parallel(note(d, 0), note(d, 1));
    expect(one == 0 && other == 1, "both values are there");
    expect_seen(d, 2);
}

model two_parts() {
    return forked_model(
        "two parts end on two threads", {"last_part_says_nothing"}, &two,
        [](forks& d) { expect(d.ended == 2, "both ended"); }, 3, 2);
}

model three_parts() {
    return forked_model(
        "three parts end on three threads", {"last_part_says_nothing"},
        [](forks& d) -> task<> {
            (void)co_await parallel(note(d, 0), note(d, 1), note(d, 2));
            expect_seen(d, 3);
        },
        [](forks& d) { expect(d.ended == 3, "all ended"); }, 2, 3);
}

/// Its strand lies in the queue of who made it, where another thread looks for work.
model taken_or_not() {
    return strands_model<forks>(
        "a part is taken by another thread, or run where it was made",
        {"last_part_says_nothing"},
        [](forks& d) {
            d.all.lend_from(0);
            d.all.start(0, two(d));
            program p = d.all.working([&d] { expect(d.ended == 2, "both ended"); });
            p.threads.resize(2);
            return p;
        },
        3);
}

model error_apart() {
    return forked_model(
        "an error in a strand of its own stops the part that waits",
        {"stops_reach_no_strand"},
        [](forks& d) -> task<> {
            const auto result = co_await as_outcome(
                parallel(wait_for_ever(d), fail_at_once(d), wait_for_ever(d)));
            d.errors += result.has_error() ? 1 : 0;
        },
        [](forks& d) { expect(d.errors == 1, "it was told"); }, 1, 3);
}

model error_late() {
    return forked_model(
        "parallel does not end over an error that is on its way",
        {"forks_close_over_news"},
        [](forks& d) -> task<> {
            static constexpr auto run = [](forks& of) -> task<> {
                (void)co_await parallel(note(of, 0), fail_at_once(of));
            };
            d.errors += (co_await as_outcome(run(d))).has_error() ? 1 : 0;
            co_await yield_now();  // its frame has ended: late news would go there
        },
        [](forks& d) { expect(d.errors == 1, "it was told"); }, 3, 2);
}

model two_errors() {
    return forked_model(
        "two parts fail at once", {"last_part_says_nothing"},
        [](forks& d) -> task<> {
            const auto result =
                co_await as_outcome(parallel(fail_at_once(d), fail_at_once(d)));
            d.errors += result.has_error() ? 1 : 0;
        },
        [](forks& d) { expect(d.errors == 1, "one was told"); }, 3, 2);
}

model stop_and_end() {
    return forked_model(
        "a stop reaches parts that are about to end", {"last_part_says_nothing"},
        [](forks& d) -> task<> {
            const auto result =
                co_await as_outcome(parallel(wait_to_go(d), wait_to_go(d)));
            d.ended += result.has_value() ? 1 : 0;
            d.stopped += result.is_stopped() ? 1 : 0;
        },
        [](forks& d) { expect(d.ended + d.stopped == 1, "it ended in one way"); }, 1, 2,
        [](forks& d) {
            d.go.set();
            d.all.stop(0);
        });
}

model stop_from_outside() {
    return forked_model(
        "a stop from outside reaches a part on another thread",
        {"stops_reach_no_strand", "rests_over_messages"},
        [](forks& d) -> task<> {
            (void)co_await parallel(note(d, 0), wait_for_ever(d));
        },
        [](forks& d) { expect(d.all.was_stopped(0), "all were stopped"); }, 2, 2,
        [](forks& d) { d.all.stop(0); });
}

}  // namespace

std::vector<model> forked_models() {
    return {two_parts(),  three_parts(), taken_or_not(), error_apart(),
            error_late(), two_errors(),  stop_and_end(), stop_from_outside()};
}

}  // namespace coil::models
