// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/race.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/current_thread.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/semaphore.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

namespace {

task<> pass_on(channel<int, 1>& from, channel<int, 1>& to, int times) {
    for (int i = 0; i < times; ++i) {
        const auto got = co_await from.receive();
        (void)co_await to.send(*got + 1);
    }
}

task<int> play(int times) {
    channel<int, 1> there;
    channel<int, 1> back;
    co_await with_group([&](group& all) -> task<> {
        all.spawn(pass_on(there, back, times));
        all.spawn(pass_on(back, there, times));
        (void)co_await there.send(0);
    });
    co_return (co_await there.receive()).value_or(0);
}

}  // namespace

TEST_CASE(
    "multi_thread_options: what is woken may run next, or queue, to the same end") {
    for (const bool runs_next : {true, false}) {
        for (const unsigned workers : {1U, 3U}) {
            multi_thread_runtime runtime(
                {.workers = workers, .runs_woken_next = runs_next});
            CHECK(runtime.run(play(500)).take() == 1000);
        }
    }
}

TEST_CASE("multi_thread_options: what is woken may be taken by others if it queues") {
    multi_thread_runtime runtime({.workers = 2, .runs_woken_next = false});
    std::atomic<bool> has_run = false;
    const auto wakes_and_computes = [&]() -> task<> {
        co_await with_group([&](group& all) -> task<> {
            all.spawn(call_once([&]() -> task<> {
                has_run = true;
                co_return;
            }));
            while (!has_run) {}  // this worker is not free until another one is
            co_return;
        });
    };
    runtime.run(wakes_and_computes()).take();
    CHECK(has_run);
}

TEST_CASE("multi_thread_options: a budget says how long a busy strand keeps others") {
    struct seen {
        int rounds = 0;    // of the other strand
        int in_a_row = 0;  // what the busy one did since the last of them
        int most = 0;
        bool has_ended = false;
    };
    const auto busy = [](seen& all) -> task<> {
        semaphore free(1);
        for (int before = all.rounds, i = 0; i < 2000; ++i) {
            (void)co_await free.acquire();
            all.in_a_row = all.rounds == before ? all.in_a_row + 1 : 0;
            before = all.rounds;
            all.most = std::max(all.most, all.in_a_row);
        }
        all.has_ended = true;
    };
    const auto other = [](seen& all) -> task<> {
        for (; !all.has_ended; ++all.rounds) co_await yield_now();
    };
    for (const int budget : {1, 10, 100}) {
        multi_thread_runtime runtime({.workers = 1, .budget = budget});
        seen all;
        const auto both = [&](group& of) {
            of.spawn(other(all));
            of.spawn(busy(all));
        };
        runtime.run(with_group(both)).take();
        CHECK(all.most <= 3 * budget);
        CHECK(all.most >= budget / 3);
    }
}

TEST_CASE("multi_thread_options: threads may be pinned to processors") {
    multi_thread_runtime runtime({.workers = 3, .pins_threads = true});
    std::vector<int> allowed(3);
    const auto look = [&](unsigned worker) -> local_task<> {
        cpu_set_t set;
        CPU_ZERO(&set);
        ::sched_getaffinity(0, sizeof set, &set);
        allowed[worker] = CPU_COUNT(&set);
        co_return;
    };
    runtime.run_on_each(look).take();
    CHECK(allowed == std::vector<int>(3, 1));
}

TEST_CASE("multi_thread_options: timers are rounded up, and never early") {
    constexpr clock::duration step = 20ms;
    multi_thread_runtime runtime({.workers = 2, .timer_resolution = step});
    const auto nap = [&]() -> task<> {
        const auto began = now().time_since_epoch();
        co_await sleep(1us);
        CHECK(now().time_since_epoch() / step > began / step);
    };
    for (int i = 0; i < 5; ++i) runtime.run(nap()).take();
}

TEST_CASE("multi_thread_runtime: it counts turns, steals and sleeps") {
    multi_thread_runtime runtime({.workers = 3});
    const auto spawns = []() -> task<> {
        co_await with_group([](group& all) {
            for (int i = 0; i < 200; ++i) {
                all.spawn([]() -> task<> {
                    for (int k = 0; k < 10; ++k) co_await yield_now();
                    const auto nothing = [] {};
                    co_await blocking(nothing);
                }());
            }
        });
    };
    runtime.run(spawns()).take();
    const multi_thread_stats seen = runtime.stats();
    REQUIRE(seen.workers.size() == 3);
    std::uint64_t turns = 0;
    std::uint64_t sleeps = 0;
    for (const worker_stats& each : seen.workers) {
        turns += each.turns;
        sleeps += each.sleeps;
        CHECK(each.queued == 0);
    }
    CHECK(turns >= 200 * 11);
    CHECK(sleeps > 0);
    CHECK(seen.blocking.running == 0);
}

namespace {

//! [told of threads]
class counted_threads final : public thread_hooks {
public:
    void starts(thread_kind kind) noexcept override { ++of(kind).started; }
    void ends(thread_kind kind) noexcept override {
        ++of(kind).ended;
        of(kind).ended.notify_all();
    }
    void sleeps() noexcept override { ++slept; }
    void wakes() noexcept override { ++woken; }

    struct counts {
        std::atomic<int> started = 0;
        std::atomic<int> ended = 0;
    };
    counts& of(thread_kind kind) noexcept {
        return kind == thread_kind::worker ? workers : blocking;
    }
    counts workers;
    counts blocking;
    std::atomic<int> slept = 0;
    std::atomic<int> woken = 0;
};
//! [told of threads]

std::string name_of_this_thread() {
    char name[16] = "";
    ::pthread_getname_np(::pthread_self(), name, sizeof name);
    return name;
}

task<> ask_names(std::vector<std::string>& all) {
    all.push_back(name_of_this_thread());
    all.push_back(co_await blocking([] { return name_of_this_thread(); }));
}

}  // namespace

TEST_CASE("multi_thread_options: somebody is told what the threads do") {
    counted_threads told;
    {
        multi_thread_runtime runtime({.workers = 2, .hooks = &told});
        runtime.run(blocking([] {})).take();
        runtime.run(sleep(1ms)).take();
    }
    CHECK(told.workers.started == 2);
    CHECK(told.workers.ended == 2);
    CHECK(told.blocking.started == 1);
    CHECK(told.blocking.ended == 1);
    CHECK(told.slept > 0);
    CHECK(told.slept == told.woken);
}

TEST_CASE("multi_thread_options: threads have names, cut where they are too long") {
    std::vector<std::string> names;
    multi_thread_runtime one({.workers = 1, .thread_name = "store"});
    multi_thread_runtime other({.workers = 1, .thread_name = "a-very-longish-name"});
    one.run(ask_names(names)).take();
    other.run(ask_names(names)).take();
    CHECK(names == std::vector<std::string>{"store-0", "store-b0", "a-very-longis-0",
                                            "a-very-longi-b0"});
}

TEST_CASE(
    "multi_thread_options: threads for blocking calls end if told to, and begin") {
    counted_threads told;
    multi_thread_runtime runtime(
        {.workers = 1, .blocking_keep_alive = 1ms, .hooks = &told});
    for (int i = 1; i < 4; ++i) {
        runtime.run(blocking([] {})).take();
        for (int ended = told.blocking.ended; ended < i; ended = told.blocking.ended)
            told.blocking.ended.wait(ended);
        CHECK(told.blocking.started == i);
        CHECK(runtime.stats().blocking.threads == 0);
    }
}

TEST_CASE("multi_thread_options: threads for blocking calls may wait for centuries") {
    counted_threads told;
    multi_thread_runtime runtime(
        {.workers = 1,
         .blocking_keep_alive = coil::clock::duration::max() - 1ns,
         .hooks = &told});
    for (int i = 0; i < 3; ++i) runtime.run(blocking([] {})).take();
    CHECK(told.blocking.ended == 0);
}

TEST_CASE("multi_thread_options: the same seed draws the same, another one others") {
    const auto draw = [](std::vector<std::size_t>& drawn) -> task<> {
        for (int i = 0; i < 64; ++i)
            drawn.push_back((co_await fair_race(ready(1), ready(2), ready(3))).index());
    };
    std::vector<std::vector<std::size_t>> all;
    for (const std::uint32_t seed : {1U, 1U, 2U}) {
        multi_thread_runtime many({.workers = 1, .seed = seed});
        many.run(draw(all.emplace_back())).take();
        current_thread_runtime one({.seed = seed});
        one.run(draw(all.emplace_back())).take();
    }
    CHECK(all[0] == all[1]);
    CHECK(all[0] == all[2]);
    CHECK(all[0] == all[3]);
    CHECK(all[0] != all[4]);
    CHECK(all[4] == all[5]);
}
