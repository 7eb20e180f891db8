// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/yield.hpp>
#include <coil/sync/event.hpp>

#include "strands.hpp"

#include <stdexcept>

namespace coil::models {

namespace {

struct family {
    crew all{3};
    event never;
    event go;
    plain texts[3];
    int begun = 0;
    int ended = 0;
    int stopped = 0;
    int suppressed = 0;
    bool was_error = false;

    family() { all.spread({1, 2}); }
    void expect_none_left() { expect(begun == ended, "no child is left"); }
};

/// Counts that it is there, and whether a stop ends it.
struct presence {
    explicit presence(family& d) : of(d) { ++of.begun; }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    ~presence() {
        ++of.ended;
        of.stopped += is_unwinding() ? 1 : 0;
    }
    family& of;
};

task<> note(family& d, int which) {
    const presence here(d);
    d.texts[which].write(7);
    co_return;
}
task<> wait_for_ever(family& d) {
    const presence here(d);
    co_await d.never.wait();
}
task<> wait_to_go(family& d) {
    const presence here(d);
    co_await d.go.wait();
}
task<> fail_at_once(family& d) {
    const presence here(d);
    throw std::runtime_error("no");
    co_return;
}
task<> spawn_one_more(family& d, group& g) {
    const presence here(d);
    g.spawn(note(d, 1));
    co_return;
}

void expect_seen(family& d, int notes) {
    d.expect_none_left();
    for (int i = 0; i < notes; ++i)
        expect(d.texts[i].read() == 7, "what a child did is seen after the group");
}

task<> catch_error(family& d) {
    const auto result =
        co_await as_outcome(with_group([&d](group& g) { g.spawn(fail_at_once(d)); }));
    d.was_error = result.has_error();
}

model group_model(const char* name, std::vector<const char*> finds,
                  task<> (*whole)(family&), void (*after)(family&), int switches,
                  std::size_t threads, std::function<void(family&)> beside = {}) {
    return strands_model<family>(
        name, std::move(finds),
        [=](family& d) {
            d.all.start(0, whole(d));
            program p = d.all.working([&d, after] {
                d.expect_none_left();
                after(d);
            });
            p.threads.resize(threads);
            if (threads == 2) d.all.spread({1});
            if (beside) p.threads.emplace_back([&d, beside] { beside(d); });
            return p;
        },
        switches);
}

model one_child() {
    return group_model(
        "a child ends, and the body, on two threads",
        {"last_child_says_nothing", "group_returns_early"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) { g.spawn(note(d, 0)); });
            expect_seen(d, 1);
        },
        [](family& d) { expect(d.ended == 1, "it was there"); }, 4, 2);
}

model two_children() {
    return group_model(
        "two children end on two threads, and the body on a third",
        {"last_child_says_nothing", "group_returns_early"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) {
                g.spawn(note(d, 0));
                g.spawn(note(d, 1));
            });
            expect_seen(d, 2);
        },
        [](family& d) { expect(d.ended == 2, "they were there"); }, 2, 3);
}

model body_goes_on() {
    return group_model(
        "children end while the body gives way", {"group_returns_early"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) -> task<> {
                g.spawn(note(d, 0));
                co_await yield_now();
                g.spawn(note(d, 1));
            });
            expect_seen(d, 2);
        },
        [](family& d) { expect(d.ended == 2, "they were there"); }, 2, 3);
}

model child_of_child() {
    return group_model(
        "a child spawns one more while the body ends",
        {"last_child_says_nothing", "group_returns_early"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) {
                g.spawn(note(d, 0));
                g.spawn(spawn_one_more(d, g));
            });
            expect_seen(d, 2);
        },
        [](family& d) { expect(d.ended == 3, "all were there"); }, 2, 3);
}

model held_back() {
    return group_model(
        "one that was held back begins when another ends",
        {"last_child_says_nothing", "group_returns_early"},
        [](family& d) -> task<> {
            co_await with_group({.limit = 1}, [&d](group& g) {
                g.spawn(note(d, 0));
                g.spawn(note(d, 1));
            });
            expect_seen(d, 2);
        },
        [](family& d) { expect(d.ended == 2, "both were there"); }, 3, 3);
}

model error_stops_body() {
    return group_model(
        "a child's error stops the body that waits", {"errors_tell_nobody"},
        [](family& d) -> task<> {
            const auto result =
                co_await as_outcome(with_group([&d](group& g) -> task<> {
                    g.spawn(fail_at_once(d));
                    co_await d.never.wait();
                }));
            d.was_error = result.has_error();
        },
        [](family& d) { expect(d.was_error, "it was told"); }, 4, 2);
}

model error_stops_sibling() {
    return group_model(
        "a child's error stops its sibling on another thread", {"errors_tell_nobody"},
        [](family& d) -> task<> {
            const auto result = co_await as_outcome(with_group([&d](group& g) {
                g.spawn(wait_for_ever(d));
                g.spawn(fail_at_once(d));
            }));
            d.was_error = result.has_error();
        },
        [](family& d) { expect(d.was_error && d.ended == 2, "both ended"); }, 1, 3);
}

model two_errors() {
    return group_model(
        "of two errors on two threads one is told, the other counted",
        {"later_errors_uncounted"},
        [](family& d) -> task<> {
            const auto result = co_await as_outcome(with_group([&d](group& g) {
                g.spawn(fail_at_once(d));
                g.spawn(fail_at_once(d));
                while (g.stats().running != 0) pause();
                d.suppressed = static_cast<int>(g.stats().suppressed);
            }));
            d.was_error = result.has_error();
        },
        [](family& d) { expect(d.was_error && d.suppressed == 1, "one of each"); }, 1,
        3);
}

model error_and_end() {
    return group_model(
        "a group does not end over news that are on their way", {"closes_over_news"},
        [](family& d) -> task<> {
            co_await catch_error(d);
            co_await yield_now();  // its frame has ended: late news would go there
        },
        [](family& d) { expect(d.was_error, "it was told"); }, 4, 2);
}

task<> a_waiting_child(family& d) {
    co_await with_group([&d](group& g) { g.spawn(wait_to_go(d)); });
}

model stop_and_last_end() {
    return group_model(
        "a stop reaches a group while its last child ends", {"last_child_says_nothing"},
        &a_waiting_child, [](family& d) { expect(d.ended == 1, "it has ended"); }, 2, 2,
        [](family& d) {
            d.go.set();
            d.all.stop(0);
        });
}

model stop_from_outside() {
    return group_model(
        "a stop from outside reaches a child on another thread",
        {"rests_over_messages"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) { g.spawn(wait_for_ever(d)); });
        },
        [](family& d) { expect(d.all.was_stopped(0), "all were stopped"); }, 2, 2,
        [](family& d) { d.all.stop(0); });
}

model stop_and_error() {
    return group_model(
        "a stop and an error meet in a group", {"last_child_says_nothing"},
        [](family& d) -> task<> {
            const auto result = co_await as_outcome(with_group([&d](group& g) {
                g.spawn(fail_at_once(d));
                g.spawn(wait_for_ever(d));
            }));
            d.was_error = result.has_error();
        },
        [](family& d) { expect(d.was_error && d.ended == 2, "an error beats it"); }, 1,
        2, [](family& d) { d.all.stop(0); });
}

model request_and_spawn() {
    return group_model(
        "one that is spawned beside a request to stop hears of it",
        {"later_ones_not_asked"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) {
                static constexpr auto spawn = [](family& of, group& in) -> task<> {
                    const presence here(of);
                    in.spawn(wait_for_ever(of));
                    co_return;
                };
                g.spawn(spawn(d, g));
                g.request_stop();
            });
        },
        [](family& d) { expect(d.ended == 2, "both have ended"); }, 3, 3);
}

model request_and_held_back() {
    return group_model(
        "one that is held back begins even so, and is stopped",
        {"held_back_never_begin", "later_ones_not_asked"},
        [](family& d) -> task<> {
            co_await with_group({.limit = 1}, [&d](group& g) {
                g.spawn(wait_for_ever(d));
                g.spawn(wait_for_ever(d));
                g.request_stop();
            });
        },
        [](family& d) { expect(d.stopped == 2, "both were stopped"); }, 3, 3);
}

model nested() {
    return group_model(
        "a group in a child ends before the group around it",
        {"last_child_says_nothing", "group_returns_early"},
        [](family& d) -> task<> {
            co_await with_group([&d](group& g) {
                static constexpr auto inner = [](family& of) -> task<> {
                    co_await with_group([&of](group& in) { in.spawn(note(of, 0)); });
                    expect(of.texts[0].read() == 7, "the inner one has ended");
                };
                g.spawn(inner(d));
            });
            expect_seen(d, 1);
        },
        [](family& d) { expect(d.ended == 1, "it was there"); }, 2, 3);
}

}  // namespace

std::vector<model> group_models() {
    return {one_child(),
            two_children(),
            body_goes_on(),
            child_of_child(),
            held_back(),
            error_stops_body(),
            error_stops_sibling(),
            two_errors(),
            error_and_end(),
            stop_and_last_end(),
            stop_from_outside(),
            stop_and_error(),
            request_and_spawn(),
            request_and_held_back(),
            nested()};
}

}  // namespace coil::models
