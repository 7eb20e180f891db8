// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/sync/barrier.hpp>
#include <coil/sync/broadcast.hpp>
#include <coil/sync/notify.hpp>
#include <coil/sync/once_cell.hpp>
#include <coil/sync/stop_source.hpp>
#include <coil/sync/watch.hpp>

#include "strands.hpp"

namespace coil::models {

namespace {

struct news {
    crew all{3};
    notify told;
    watch<int> latest;
    broadcast<int, 2> every;
    barrier two{2};
    once_cell<int> made;
    stop_source source;
    event never;
    plain text;
    int woken = 0;
    int leaders = 0;
    int makers = 0;
    int sum = 0;
};

// --- notify ---

task<> wait_until_told(news& d) {
    co_await d.told.wait();
    ++d.woken;
}

model told_or_kept() {
    return strands_model<news>(
        "one who is told hears of it, whether it waits or is about to",
        {"between_is_missed", "rests_over_messages"},
        [](news& d) {
            d.all.start(0, wait_until_told(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.told.notify_one(); }},
                           [&d] { expect(d.woken == 1, "it was woken"); }};
        },
        4);
}

model told_and_stopped() {
    return strands_model<news>(
        "who is told and stopped tells the next", {"stopped_waiter_keeps_news"},
        [](news& d) {
            d.all.start(0, wait_until_told(d));
            d.all.start(1, wait_until_told(d));
            program p = d.all.working([&d] {
                const int stopped = d.all.was_stopped(0) ? 1 : 0;
                expect(d.woken == 2 - stopped, "the news were not lost");
            });
            p.threads[2] = [&d] {
                d.told.notify_one();
                d.all.stop(0);
                wait_until([&d] { return d.woken > 0 || d.all.was_stopped(0); });
                if (d.woken == 0) return;
                d.told.notify_one();
            };
            return p;
        },
        1);
}

model all_are_told() {
    return strands_model<news>(
        "who looks after it began to wait misses no call to all",
        {"between_is_missed", "rests_over_messages"},
        [](news& d) {
            d.all.start(0, wait_until_told(d));
            return program{{[&d] { d.all.work(0); },
                            [&d] {
                                d.told.notify_all();
                                d.told.notify_one();
                            }},
                           [&d] { expect(d.woken == 1, "it was woken"); }};
        },
        4);
}

// --- watch ---

task<> see_change(news& d, int wanted) {
    auto from = d.latest.subscribe();
    while (from.get() < wanted) {
        const bool has_changed = co_await from.wait_changed();
        expect(has_changed, "it is not closed before");
    }
    ++d.woken;
}

model change_is_seen() {
    return strands_model<news>(
        "who watches a value sees the last one",
        {"between_is_missed", "rests_over_messages"},
        [](news& d) {
            d.all.start(0, see_change(d, 2));
            return program{{[&d] { d.all.work(0); },
                            [&d] {
                                d.latest.send(1);
                                d.latest.send(2);
                            }},
                           [&d] { expect(d.woken == 1, "it has seen it"); }};
        },
        3);
}

model two_changes() {
    return strands_model<news>(
        "two who change a value lose no change",
        {"between_is_missed", "rests_over_messages"},
        [](news& d) {
            d.all.start(0, see_change(d, 2));
            const auto add = [&d] { d.latest.modify([](int& value) { ++value; }); };
            return program{{[&d] { d.all.work(0); }, add, add},
                           [&d] { expect(d.woken == 1, "it has seen both"); }};
        },
        1);
}

model change_and_stop() {
    return strands_model<news>(
        "who watches is stopped, or sees the change", {"woken_ones_withdraw"},
        [](news& d) {
            d.all.start(0, see_change(d, 1));
            return program{{[&d] { d.all.work(0); }, [&d] { d.latest.send(1); },
                            [&d] { d.all.stop(0); }},
                           [&d] {
                               expect(d.all.was_stopped(0) == (d.woken == 0),
                                      "it ended in one way");
                           }};
        });
}

// --- broadcast ---

task<> hear_all(news& d) {
    auto from = d.every.subscribe();
    d.text.write(1);
    ++d.woken;
    while (const auto heard = co_await from.receive()) d.sum += heard->item;
}

model all_hear() {
    return strands_model<news>(
        "a receiver hears each item in order, or how many it missed",
        {"between_is_missed", "rests_over_messages"},
        [](news& d) {
            d.all.start(0, hear_all(d));
            return program{{[&d] { d.all.work(0); },
                            [&d] {
                                wait_until([&d] { return d.woken == 1; });
                                d.every.send(1);
                                d.every.send(2);
                                d.every.close();
                            }},
                           [&d] { expect(d.sum == 3, "it heard both"); }};
        },
        3);
}

model hear_and_leave() {
    return strands_model<news>(
        "a receiver that is stopped leaves the others alone", {"woken_ones_withdraw"},
        [](news& d) {
            d.all.start(0, hear_all(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.every.send(1); },
                            [&d] { d.all.stop(0); }},
                           [&d] {
                               expect(d.all.was_stopped(0), "it was stopped");
                               expect(d.every.receivers() == 0, "it has left");
                           }};
        });
}

// --- barrier ---

task<> arrive(news& d) {
    d.leaders += co_await d.two.wait() ? 1 : 0;
    ++d.woken;
}

model two_arrive() {
    return strands_model<news>(
        "two who meet at a barrier both go on, one as the leader",
        {"between_is_missed", "rests_over_messages"},
        [](news& d) {
            d.all.start(0, arrive(d));
            d.all.start(1, arrive(d));
            program p = d.all.working([&d] {
                expect(d.woken == 2 && d.leaders == 1, "both, and one leader");
            });
            p.threads.pop_back();
            return p;
        },
        3);
}

model arrive_and_stop() {
    return strands_model<news>(
        "who is stopped at a barrier is not counted", {"woken_ones_withdraw"},
        [](news& d) {
            d.all.start(0, arrive(d));
            d.all.start(1, arrive(d));
            program p = d.all.working([&d] {
                expect(d.woken == 2 || d.woken == 0, "two go on, or nobody");
                expect(d.leaders * 2 == d.woken, "one of them leads");
            });
            p.threads[2] = [&d] {
                d.all.stop(0);
                wait_until([&d] { return d.woken > 0 || d.all.was_stopped(0); });
                if (d.all.was_stopped(0)) d.all.stop(1);
            };
            return p;
        },
        2);
}

// --- once_cell ---

task<> get(news& d, int number) {
    const auto make = [&d, number] {
        d.text.write(number);
        ++d.makers;
        return number;
    };
    const int found = co_await d.made.get_or_init(make);
    expect(d.text.read() == found, "what was made is seen whole");
    d.sum += found;
}

model made_once() {
    return strands_model<news>(
        "two who need a value get the same one", {"made_twice"},
        [](news& d) {
            d.all.start(0, get(d, 1));
            d.all.start(1, get(d, 2));
            program p = d.all.working([&d] {
                expect(d.makers == 1, "it was made once");
                expect(d.sum == 2 || d.sum == 4, "both have it");
            });
            p.threads.pop_back();
            return p;
        },
        3);
}

// --- stop_source ---

task<> work_until_asked(news& d) {
    const bool has_ended = co_await stopped_by(d.source, d.told.wait());
    d.woken += has_ended ? 1 : 0;
}

model asked_or_ended() {
    return strands_model<news>(
        "work ends by itself, or by its stop source",
        {"woken_ones_withdraw", "rests_over_messages"}, [](news& d) {
            d.all.start(0, work_until_asked(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.source.request_stop(); },
                            [&d] { d.told.notify_one(); }},
                           [&d] {
                               expect(!d.all.was_stopped(0), "it went on");
                               expect(d.source.stop_requested(), "and was asked");
                           }};
        });
}

}  // namespace

std::vector<model> news_models() {
    return {told_or_kept(), told_and_stopped(), all_are_told(), change_is_seen(),
            two_changes(),  change_and_stop(),  all_hear(),     hear_and_leave(),
            two_arrive(),   arrive_and_stop(),  made_once(),    asked_or_ended()};
}

}  // namespace coil::models
