// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/run.hpp>
#include <coil/testing/test.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace coil;

namespace {
/// A call that blocks until it is opened.
class gate {
public:
    void pass() {
        std::unique_lock lock(mutex_);
        ++arrived_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_open_; });
    }
    void open() {
        const std::scoped_lock lock(mutex_);
        is_open_ = true;
        changed_.notify_all();
    }
    [[gsl::suppress("coil-blocking")]] void wait_arrived(int count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return arrived_ >= count; });
    }
    [[nodiscard]] int arrived() {
        const std::scoped_lock lock(mutex_);
        return arrived_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int arrived_ = 0;
    bool is_open_ = false;
};
}  // namespace

//! [a call that blocks]
TEST_CASE("blocking: a call runs on another thread, and its result comes back") {
    auto reads = []() -> task<> {
        const auto here = std::this_thread::get_id();
        const auto there = co_await blocking([] { return std::this_thread::get_id(); });
        CHECK(there != here);
        CHECK(std::this_thread::get_id() == here);
    };
    run(reads());
}
//! [a call that blocks]

TEST_CASE("blocking: what the call throws, the await throws") {
    auto fails = []() -> task<int> {
        co_return co_await blocking([]() -> int { throw std::runtime_error("disk"); });
    };
    CHECK_THROWS_WITH_AS(run(fails()), "disk", std::runtime_error);
}

TEST_CASE("blocking: a call may refer to the awaiting frame and give what only moves") {
    auto moves = []() -> task<> {
        int local = 0;
        auto result = co_await blocking([&] {
            local = 7;
            return std::make_unique<int>(8);
        });
        co_await blocking([&local] { local += 1; });
        CHECK(local == 8);
        CHECK(*result == 8);
    };
    run(moves());
}

TEST_CASE("blocking: more calls than threads wait in line, and all are made") {
    current_thread_runtime runtime({.blocking_threads_max = 2});
    std::atomic<int> running = 0;
    std::atomic<int> running_most = 0;
    int done = 0;
    auto calls = [&]() -> task<> {
        co_await blocking([&] {
            const int now = ++running;
            int most = running_most.load();
            while (most < now && !running_most.compare_exchange_weak(most, now)) {}
            std::this_thread::yield();
            --running;
        });
        ++done;
    };
    auto all = [&]() -> task<> {
        co_await with_group([&](auto& group) {
            for (int i = 0; i < 3000; ++i) group.spawn(calls());
        });
    };
    runtime.run(all()).take();
    CHECK(done == 3000);
    CHECK(running_most <= 2);
    CHECK(runtime.blocking().threads <= 2);
    CHECK(runtime.blocking().queued == 0);
}

TEST_CASE("blocking: a call that is stopped in the queue never begins") {
    current_thread_runtime runtime({.blocking_threads_max = 1});
    gate closed;
    bool has_begun = false;
    auto queues = [&]() -> task<> {
        auto first = [&]() -> task<> { co_await blocking([&] { closed.pass(); }); };
        auto second = [&]() -> task<> {
            closed.wait_arrived(1);
            auto late = blocking([&] { has_begun = true; });
            auto winner = co_await race(std::move(late), yield_now());
            CHECK(winner.index() == 1);
            closed.open();
        };
        co_await join(first(), second());
    };
    runtime.run(queues()).take();
    CHECK_FALSE(has_begun);
}

TEST_CASE(
    "blocking: a running call that is stopped is interrupted, once, and awaited") {
    gate closed;
    int interrupts = 0;
    bool has_ended = false;
    auto stops = [&]() -> task<> {
        auto call = [&] {
            closed.pass();
            has_ended = true;
            return 5;
        };
        auto interrupt = [&] {
            ++interrupts;
            closed.open();
        };
        auto begins = [&]() -> task<> {
            co_await yield_now();
            closed.wait_arrived(1);
        };
        auto winner = co_await race(blocking(call, {.interrupt = interrupt}), begins());
        CHECK(winner.index() == 1);
        CHECK(has_ended);
    };
    run(stops());
    CHECK(interrupts == 1);
}

TEST_CASE("blocking: completion beats stop: the value of an interrupted call arrives") {
    gate closed;
    int arrived = 0;
    auto stops = [&]() -> task<> {
        auto call = [&] {
            closed.pass();
            return 5;
        };
        auto takes = [&]() -> task<> {
            arrived =
                co_await blocking(call, {.interrupt = [&closed] { closed.open(); }});
        };
        auto begins = [&]() -> task<> {
            co_await yield_now();
            closed.wait_arrived(1);
        };
        const auto winner = co_await race(takes(), begins());
        CHECK(winner.index() == 1);
    };
    run(stops());
    CHECK(arrived == 5);
}

TEST_CASE("blocking: no thread is started before there is something to do") {
    current_thread_runtime runtime;
    auto nothing = []() -> task<> { co_await yield_now(); };
    runtime.run(nothing()).take();
    CHECK(runtime.blocking().threads == 0);
}
