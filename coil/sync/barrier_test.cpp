// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/barrier.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

//! [two phases]
coil::task<> take_part(coil::barrier& all_ready, int name, words& log) {
    co_await coil::sleep(name * 1ms);
    log.push_back("ready" + std::to_string(name));
    const bool is_leader = co_await all_ready.wait();
    if (is_leader) log.push_back("go");
}
//! [two phases]

coil::task<> wait_and_note(coil::barrier& for_others, words& log) {
    const bool is_leader = co_await for_others.wait();
    log.push_back(is_leader ? "leader" : "other");
}

}  // namespace

COIL_TEST("barrier: lets all go when the last has come, who is their leader") {
    coil::barrier all_ready(3);
    words log;
    for (int round = 0; round < 2; ++round) {
        co_await coil::join(take_part(all_ready, 1, log), take_part(all_ready, 2, log),
                            take_part(all_ready, 3, log));
    }
    CHECK(log == words{"ready1", "ready2", "ready3", "go", "ready1", "ready2", "ready3",
                       "go"});
}

COIL_TEST("barrier: a stopped waiter leaves, and is not counted") {
    coil::barrier two(2);
    words log;
    const auto alone = co_await coil::with_timeout(1s, two.wait());
    CHECK_FALSE(alone.has_value());
    const auto still_alone = co_await coil::with_timeout(1s, two.wait());
    CHECK_FALSE(still_alone.has_value());
    co_await coil::join(wait_and_note(two, log), wait_and_note(two, log));
    CHECK(log == words{"leader", "other"});
}

COIL_TEST("barrier: for one, or for none, nobody waits") {
    for (const std::size_t count : {0U, 1U}) {
        coil::barrier alone(count);
        const bool first = co_await alone.wait();
        const bool second = co_await alone.wait();
        CHECK(first);
        CHECK(second);
    }
}

COIL_TEST("barrier: a local one does the same") {
    coil::local::barrier two(2);
    auto [one, other] = co_await coil::join(two.wait(), two.wait());
    CHECK(one != other);
    CHECK(coil::shareable<coil::barrier>);
    CHECK_FALSE(coil::sendable<coil::local::barrier&>);
}

namespace {

//! [come once, wait in a race]
coil::task<bool> meet(coil::barrier& all_there, coil::channel<int, 8>& news, int& sum) {
    const auto mine = all_there.arrive();
    for (;;) {
        auto first = co_await coil::race(all_there.wait(mine), news.receive());
        if (first.index() == 0) co_return first.get<0>();  // whether it came last
        sum += *first.get<1>();
    }
}
//! [come once, wait in a race]

coil::task<> send_and_come(coil::barrier& all_there, coil::channel<int, 8>& news) {
    co_await coil::yield_now();
    // Both in one turn: the race ends with the item, while the barrier lets it go.
    (void)co_await news.send(5);
    const bool is_leader = co_await all_there.wait();
    CHECK(is_leader);
}

}  // namespace

COIL_TEST("barrier: a race that ends as all come loses nothing, whoever came first") {
    coil::barrier two(2);
    coil::channel<int, 8> news;
    int sum = 0;
    for (int round = 1; round <= 3; ++round) {
        const auto [is_leader, sent] =
            co_await coil::join(meet(two, news, sum), send_and_come(two, news));
        CHECK_FALSE(is_leader);
        CHECK(sum == 5 * round);
    }
}

COIL_TEST("barrier: who has come is counted once, though its waits are stopped") {
    coil::barrier two(2);
    const auto mine = two.arrive();
    for (int i = 0; i < 2; ++i) {
        const auto alone = co_await coil::with_timeout(1s, two.wait(mine));
        CHECK_FALSE(alone.has_value());
    }
    const bool is_leader = co_await two.wait();
    CHECK(is_leader);
    for (int i = 0; i < 2; ++i) {
        const bool i_lead = co_await two.wait(mine);
        CHECK_FALSE(i_lead);
    }
    const auto next_phase = co_await coil::with_timeout(1s, two.wait());
    CHECK_FALSE(next_phase.has_value());
}

COIL_TEST("barrier: the last one who comes need not wait to let the others go") {
    coil::barrier two(2);
    words log;
    auto come = [](coil::barrier& of, words& to) -> coil::task<> {
        co_await coil::yield_now();
        const auto last = of.arrive();
        to.push_back("came");
        const bool is_leader = co_await of.wait(last);
        to.push_back(is_leader ? "leader" : "other");
    };
    co_await coil::join(wait_and_note(two, log), come(two, log));
    CHECK(log == words{"came", "leader", "other"});
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};
constexpr int strands = 5;

/// Plain data: between two barriers each has its own, or all only read.
struct phases {
    coil::barrier all_there{strands};
    int at[strands] = {};
    std::atomic<int> leaders = 0;
};

coil::task<> go_along(phases& with, int self, int rounds) {
    for (int round = 1; round <= rounds; ++round) {
        with.at[self] = round;
        const bool is_leader = co_await with.all_there.wait();
        if (is_leader) ++with.leaders;
        for (const int other : with.at) CHECK(other == round);
        (void)co_await with.all_there.wait();
    }
}

coil::task<> go_together(phases& all, int rounds) {
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < strands; ++i) g.spawn(go_along(all, i, rounds));
    });
}

}  // namespace

TEST_CASE("barrier: between threads, each phase has one leader") {
    coil::multi_thread_runtime runtime(four_workers);
    phases all;
    CHECK(runtime.run(go_together(all, 500)).has_value());
    CHECK(all.leaders == 500);
}

namespace {

struct counts {
    coil::barrier three{3};
    std::atomic<int> passed = 0;
    std::atomic<int> leaders = 0;
};

coil::task<> wait_impatiently(counts& of, int times) {
    for (int i = 0; i < times; ++i) {
        const auto in_time = co_await coil::with_timeout(
            std::chrono::microseconds(i % 9), of.three.wait());
        if (!in_time) continue;
        ++of.passed;
        if (*in_time) ++of.leaders;
    }
}

coil::task<> all_wait_impatiently(counts& of) {
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 7; ++i) g.spawn(wait_impatiently(of, 500));
    });
}

}  // namespace

TEST_CASE("barrier: between threads, who is stopped is not counted") {
    coil::multi_thread_runtime runtime(four_workers);
    counts of;
    CHECK(runtime.run(all_wait_impatiently(of)).has_value());
    CHECK(of.passed == 3 * of.leaders);
    CHECK(of.leaders > 0);
}

namespace {

struct meetings {
    coil::barrier all_there{strands};
    int at[strands] = {};
    std::atomic<int> leaders = 0;
};

coil::task<> meet_in_races(meetings& of, int self, int rounds) {
    for (int round = 1; round <= rounds; ++round) {
        of.at[self] = round;
        const auto mine = of.all_there.arrive();
        for (;;) {
            auto first =
                co_await coil::race(coil::yield_now(), of.all_there.wait(mine));
            if (first.index() == 0) continue;
            if (first.get<1>()) ++of.leaders;
            break;
        }
        for (const int other : of.at) CHECK(other == round);
        (void)co_await of.all_there.wait();
    }
}

coil::task<> all_meet_in_races(meetings& of, int rounds) {
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < strands; ++i) g.spawn(meet_in_races(of, i, rounds));
    });
}

}  // namespace

TEST_CASE("barrier: between threads, who has come is counted once in each phase") {
    coil::multi_thread_runtime runtime(four_workers);
    meetings of;
    CHECK(runtime.run(all_meet_in_races(of, 300)).has_value());
    CHECK(of.leaders == 300);
}
