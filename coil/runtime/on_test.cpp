// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/frame.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/runtime/run.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

namespace {

constexpr multi_thread_options three_workers = {.workers = 3};

std::thread::id this_thread() {
    return std::this_thread::get_id();
}

}  // namespace

TEST_CASE("on: work is done on another executor, and its result comes back") {
    multi_thread_runtime workers(three_workers);
    //! [a visit]
    auto sum = [](long to) -> task<long> {
        long all = 0;
        for (long i = 1; i <= to; ++i) all += i;
        co_return all;
    };
    auto serve = [&]() -> task<long> {  // on one thread, which goes on meanwhile
        co_return co_await on(workers.any_worker(), sum(1000));
    };
    CHECK(run(serve()) == 500'500);
    //! [a visit]
    const auto asks = [&]() -> task<> {
        const auto here = this_thread();
        const auto there = co_await on(workers.any_worker(), this_thread);
        CHECK(there != here);
        CHECK(this_thread() == here);
    };
    run(asks());
}

namespace {

//! [to what is local]
// One counter per worker, touched by its thread only: no lock and no atomics.
struct counters {
    std::vector<long> of_worker;

    task<long> count(multi_thread_runtime& runtime, unsigned worker) {
        auto add_one = [](counters* all, unsigned mine) -> local_task<long> {
            co_await yield_now();
            co_return ++all->of_worker[mine];
        };
        co_return co_await on(runtime.pinned(worker), std::move(add_one), this, worker);
    }
};
//! [to what is local]

task<> count_often(multi_thread_runtime& runtime, counters& all, unsigned worker) {
    for (int i = 0; i < 200; ++i) co_await all.count(runtime, worker);
}

}  // namespace

TEST_CASE("on: what is pinned stays on its thread, whoever calls") {
    multi_thread_runtime runtime(three_workers);
    counters all = {.of_worker = std::vector<long>(3)};
    const auto use = [&]() -> task<> {
        co_await with_group([&](group& g) {
            for (unsigned i = 0; i < 30; ++i) g.spawn(count_often(runtime, all, i % 3));
        });
    };
    runtime.run(use()).take();
    CHECK(all.of_worker == std::vector<long>(3, 2000));
}

TEST_CASE("run_on_each: each worker has its own part, on its own thread") {
    multi_thread_runtime runtime(three_workers);
    std::vector<std::thread::id> threads(3);
    std::vector<int> received(3);
    //! [a thread per core]
    auto part = [&](unsigned worker) -> local_task<> {
        threads[worker] = this_thread();
        local::channel<int, 4> numbers;  // without locks: all of it is here
        co_await with_group([&](group& g) {
            g.spawn(call_once([&]() -> local_task<> {
                for (int i = 0; i < 100; ++i) (void)co_await numbers.send(i);
                numbers.close();
            }));
            g.spawn(call_once([&]() -> local_task<> {
                while (auto number = co_await numbers.receive()) {
                    if (this_thread() == threads[worker]) ++received[worker];
                }
            }));
        });
    };
    runtime.run_on_each(part).take();
    //! [a thread per core]
    CHECK(received == std::vector<int>(3, 100));
    CHECK(threads[0] != threads[1]);
    CHECK(threads[1] != threads[2]);
    CHECK(threads[0] != threads[2]);
}

TEST_CASE("on: what is pinned sleeps, blocks and is woken from other threads") {
    multi_thread_runtime runtime(three_workers);
    channel<int> numbers(1);
    std::atomic<int> sum = 0;
    const auto part = [&](unsigned worker) -> local_task<> {
        const auto here = this_thread();
        for (int i = 0; i < 20; ++i) {
            co_await sleep(10us);
            const auto one = [] { return 1; };
            sum += co_await blocking(one);
            if (worker == 0) {
                (void)co_await numbers.send(i);
            } else if (worker == 1) {
                sum += *co_await numbers.receive();
            } else {
                sum += co_await on(runtime.pinned(0), [] { return 1; });
                sum += co_await on(runtime.any_worker(), [] { return 1; });
            }
            CHECK(this_thread() == here);
        }
    };
    runtime.run_on_each(part).take();
    CHECK(sum == 3 * 20 + 190 + 2 * 20);
}

TEST_CASE("on: an error comes back, and a stop") {
    multi_thread_runtime runtime(three_workers);
    const auto fails = []() -> task<int> {
        throw std::runtime_error("there");
        co_return 0;
    };
    const auto stops = []() -> local_task<int> {
        co_await stop_here();
        co_return 0;
    };
    const auto use = [&]() -> task<> {
        auto failed = co_await as_outcome(on(runtime.pinned(1), fails()));
        CHECK(failed.has_error());
        auto stopped = co_await as_outcome(on(runtime.pinned(2), stops));
        CHECK(stopped.is_stopped());
    };
    runtime.run(use()).take();
    run(use());
}

namespace {

struct flag {
    std::atomic<int>& ended;
    ~flag() { ++ended; }
};

task<> visit_and_leave(executor& there, std::atomic<int>& ended) {
    const auto waits = [&]() -> task<int> {
        const flag here{ended};
        for (int i = 0; i < 3; ++i) co_await yield_now();
        co_return 1;
    };
    for (int i = 0; i < 300; ++i) {
        // Stopped at any time: before it begins, while it runs, and when it has ended.
        (void)co_await race(on(there, waits), yield_now());
    }
    (void)co_await with_timeout(1ms, on(there, [] { return testing::never(); }));
}

}  // namespace

TEST_CASE("on: a stop is passed on, and what was visited has ended before it returns") {
    const auto alive = count_frames().alive;
    std::atomic<int> ended = 0;
    {
        multi_thread_runtime runtime(three_workers);
        const auto use = [&]() -> task<> {
            co_await with_group([&](group& g) {
                for (unsigned i = 0; i < 3; ++i) {
                    g.spawn(visit_and_leave(runtime.pinned(i), ended));
                    g.spawn(visit_and_leave(runtime.any_worker(), ended));
                }
            });
        };
        runtime.run(use()).take();
        run(use());
        const auto pinned = [&](unsigned worker) -> local_task<> {
            co_await visit_and_leave(runtime.pinned((worker + 1) % 3), ended);
            co_await visit_and_leave(runtime.any_worker(), ended);
        };
        runtime.run_on_each(pinned).take();
    }
    CHECK(ended > 0);
    CHECK(count_frames().alive == alive);
}

namespace {

/// Visited by a child of `all`, on an executor that keeps its strands.
task<> spawn_three_more(group& all) {
    for (int i = 0; i < 3; ++i) all.spawn(testing::never());
    co_await testing::never();
}
task<bool> stop_those_spawned_from(executor& there) {
    co_return co_await with_timeout(1ms, with_group([&](group& all) {
                                        all.spawn(on(there, spawn_three_more(all)));
                                    }));
}

}  // namespace

TEST_CASE("on: what a visitor spawns into a group of many threads is stopped there") {
    multi_thread_runtime runtime(three_workers);
    for (unsigned i = 0; i < 3; ++i)
        CHECK_FALSE(runtime.run(stop_those_spawned_from(runtime.pinned(i))).take());
    run(call_once([&]() -> task<> {
        executor& here = current_executor();
        CHECK_FALSE(co_await on(runtime.any_worker(), stop_those_spawned_from(here)));
    }));
}

TEST_CASE("on: what is local is refused where strands move") {
    const std::string said = testing::last_words([] {
        multi_thread_runtime runtime(three_workers);
        const auto local = []() -> local_task<> { co_return; };
        (void)runtime.run(on(runtime.any_worker(), local));
    });
    CHECK(testing::says(said, "something local was made on an executor that moves"));
}

namespace {

//! [one service]
// Written once: its futures may move between threads exactly if those of what is behind
// it may.
template <class S>
struct log_service {
    auto operator()(int asked) -> task_like<int, S> {
        ++*logged;
        co_return co_await behind(asked);
    }
    S behind;
    std::atomic<int>* logged;
};

struct store {  // for any thread
    task<int> operator()(int asked) {
        co_await yield_now();
        co_return asked * 2;
    }
};
struct window {  // for the thread that it was made on
    std::thread::id mine = this_thread();
    local_task<int> operator()(int asked) {
        co_await yield_now();
        co_return this_thread() == mine ? asked * 2 : 0;
    }
};
//! [one service]

template <class S>
    requires returns_sendable<S&, int>
task<> ask_from_everywhere(S& service, std::atomic<int>& right) {
    co_await with_group([&](group& g) {
        for (int i = 1; i <= 50; ++i) {
            g.spawn(call_once([&, i]() -> task<> {
                const int answer = co_await service(i);
                right += answer == 2 * i ? 1 : 0;
            }));
        }
    });
}

}  // namespace

TEST_CASE(
    "on: a service is written once, for strands that move and for those that stay") {
    multi_thread_runtime runtime(three_workers);
    std::atomic<int> logged = 0;
    std::atomic<int> right = 0;
    log_service<store> shared{{}, &logged};
    runtime.run(ask_from_everywhere(shared, right)).take();
    CHECK(right == 50);
    const auto part = [&](unsigned) -> local_task<> {
        log_service<window> here{{}, &logged};
        for (int i = 1; i <= 50; ++i) {
            const int answer = co_await here(i);
            right += answer == 2 * i ? 1 : 0;
        }
    };
    runtime.run_on_each(part).take();
    CHECK(right == 4 * 50);
    CHECK(logged == 4 * 50);
    static_assert(!returns_sendable<log_service<window>&, int>);
}
