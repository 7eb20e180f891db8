// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/channel.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
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
