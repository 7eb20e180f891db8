// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/sync/event.hpp>

#include "strands.hpp"

namespace coil::models {

namespace {

struct meeting {
    crew all{2};
    std::unique_ptr<event> happened = std::make_unique<event>();
    std::unique_ptr<event> other = std::make_unique<event>();
    plain text;
    int woken = 0;

    void set() {
        text.write(7);
        happened->set();
    }
};

task<> wait_for(meeting& d) {
    co_await d.happened->wait();
    expect(d.text.read() == 7, "what was written before the set is seen");
    ++d.woken;
}

task<> wait_and_end_it(meeting& d) {
    co_await d.happened->wait();
    d.happened.reset();
    ++d.woken;
}

program one_waits(meeting& d, std::function<void()> other) {
    return {{[&d] { d.all.work(0); }, std::move(other)},
            [&d] { expect(d.woken == 1, "it was woken once"); }};
}

model set_and_wait() {
    return strands_model<meeting>(
        "who waits for an event sees what was before it",
        {"between_is_missed", "rests_over_messages"},
        [](meeting& d) {
            d.all.start(0, wait_for(d));
            return one_waits(d, [&d] { d.set(); });
        },
        4);
}

model set_and_end() {
    return strands_model<meeting>(
        "who was woken by an event may end it", {"wakes_under_the_lock"},
        [](meeting& d) {
            d.all.start(0, wait_and_end_it(d));
            return one_waits(d, [&d] { d.happened->set(); });
        },
        4);
}

model set_twice() {
    return strands_model<meeting>(
        "two who set an event wake its waiter once", {"between_is_missed"},
        [](meeting& d) {
            d.text.write(7);
            d.all.start(0, wait_for(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.happened->set(); },
                            [&d] { d.happened->set(); }},
                           [&d] { expect(d.woken == 1, "it was woken once"); }};
        });
}

model set_and_stop() {
    return strands_model<meeting>(
        "who waits for an event is woken, or stopped, not both",
        {"woken_ones_withdraw"}, [](meeting& d) {
            d.all.start(0, wait_for(d));
            return program{
                {[&d] { d.all.work(0); }, [&d] { d.set(); }, [&d] { d.all.stop(0); }},
                [&d] {
                    expect(d.all.was_stopped(0) == (d.woken == 0),
                           "it ended in one way");
                }};
        });
}

model two_wait() {
    return strands_model<meeting>(
        "an event wakes waiters on two threads", {"rests_over_messages"},
        [](meeting& d) {
            d.all.start(0, wait_for(d));
            d.all.start(1, wait_for(d));
            program p =
                d.all.working([&d] { expect(d.woken == 2, "each was woken once"); });
            p.threads.emplace_back([&d] { d.set(); });
            return p;
        },
        1);
}

task<> wait_for_both(meeting& d) {
    co_await join(d.happened->wait(), d.other->wait());
    ++d.woken;
}

model join_of_two() {
    return strands_model<meeting>(
        "two branches of a strand are woken by two threads",
        {"rests_over_messages", "newest_message_alone"}, [](meeting& d) {
            d.all.start(0, wait_for_both(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.happened->set(); },
                            [&d] { d.other->set(); }},
                           [&d] { expect(d.woken == 1, "it went on once"); }};
        });
}

task<> wait_for_either(meeting& d) {
    const auto first = co_await race(d.happened->wait(), d.other->wait());
    if (first.index() == 0) {
        co_await d.other->wait();
    } else {
        co_await d.happened->wait();
    }
    ++d.woken;
}

model race_of_two() {
    return strands_model<meeting>(
        "what loses a race is heard of afterwards", {"woken_ones_withdraw"},
        [](meeting& d) {
            d.all.start(0, wait_for_either(d));
            return program{{[&d] { d.all.work(0); }, [&d] { d.happened->set(); },
                            [&d] { d.other->set(); }},
                           [&d] { expect(d.woken == 1, "it went on once"); }};
        });
}

}  // namespace

std::vector<model> event_models() {
    return {set_and_wait(), set_and_end(), set_twice(),  set_and_stop(),
            two_wait(),     join_of_two(), race_of_two()};
}

}  // namespace coil::models
