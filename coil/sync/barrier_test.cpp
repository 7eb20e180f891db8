// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/barrier.hpp>
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
