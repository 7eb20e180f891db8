// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>
#include <coil/runtime/uring/uring_driver.hpp>
#include <coil/sync/remote_event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

using namespace coil;
using namespace std::chrono_literals;
using testing::says;
using testing::words;

namespace {
//! [main stays plain]
task<int> answer() {
    co_await sleep(1ms);
    co_return 42;
}

int plain_main() {
    return coil::run(answer());
}
//! [main stays plain]

task<> request_stop_of_all() {
    strand::current()->root().request_stop(stop_reason::shutdown);
    co_await yield_now();
}
}  // namespace

TEST_CASE("run: gives the value of its task") {
    CHECK(plain_main() == 42);
}

TEST_CASE("run: throws the error of its task") {
    auto fails = []() -> task<int> {
        co_await yield_now();
        throw std::runtime_error("no luck");
    };
    CHECK_THROWS_WITH_AS(run(fails()), "no luck", std::runtime_error);
}

TEST_CASE("run: work without a value that was stopped simply returns") {
    run(request_stop_of_all());
}

TEST_CASE("run: work that was stopped and owes a value throws") {
    auto owes = []() -> task<int> {
        co_await request_stop_of_all();
        co_return 1;
    };
    CHECK_THROWS_AS(run(owes()), stopped_error);
}

TEST_CASE("run: a runtime runs one thing after the other, and tells how each ended") {
    current_thread_runtime runtime;
    CHECK(runtime.run(answer()).value() == 42);
    CHECK(runtime.run(request_stop_of_all()).is_stopped());
    CHECK(runtime.run(answer()).value() == 42);
}

TEST_CASE("run: inside a running strand it is refused with a text") {
    const std::string said = testing::last_words([] {
        auto nests = []() -> task<> {
            [[gsl::suppress("coil-blocking")]] run(answer());
            co_return;
        };
        run(nests());
    });
    CHECK(says(said, "inside a running strand"));
}

TEST_CASE("run: a strand can be run on another thread's own runtime") {
    int seen = 0;
    std::thread other([&] { seen = run(answer()); });
    other.join();
    CHECK(seen == 42);
}

TEST_CASE("run: on epoll, a runtime runs on one thread after the other") {
    current_thread_runtime runtime(std::make_unique<epoll_driver>());
    int seen = 0;
    std::thread([&] { seen = runtime.run(answer()).take(); }).join();
    CHECK(seen == 42);
    CHECK(runtime.run(answer()).take() == 42);
}

TEST_CASE("run: on io_uring, a runtime that ran on another thread is refused by text") {
    uring_refusal why;
    if (!try_make_uring_driver(why)) return;  // there is no io_uring here
    const std::string said = testing::last_words([] {
        uring_refusal none;
        current_thread_runtime own(try_make_uring_driver(none));
        own.run(answer()).take();
        current_thread_runtime runtime(try_make_uring_driver(none));
        std::thread([&] { runtime.run(answer()).take(); }).join();
        runtime.run(answer()).take();
    });
    CHECK(says(said, "a runtime on io_uring runs on the thread that ran it first"));
    CHECK(says(said, "COIL_IO=epoll has no such limit"));
}

TEST_CASE("run: a pause is never shorter than asked for, in real time") {
    auto measures = []() -> task<> {
        for (int i = 0; i < 40; ++i) {
            const auto pause = 137us * i;
            const auto start = std::chrono::steady_clock::now();
            co_await sleep(pause);
            CHECK(std::chrono::steady_clock::now() - start >= pause);
        }
    };
    run(measures());
}

TEST_CASE("run: a pause that begins late in a long turn is not shortened by it") {
    auto computes = []() -> task<> {
        const auto begun = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - begun < 3ms) {}
        const auto start = std::chrono::steady_clock::now();
        co_await sleep(2ms);
        CHECK(std::chrono::steady_clock::now() - start >= 2ms);
    };
    run(computes());
}

TEST_CASE("run: timers fire in the order of their deadlines") {
    words log;
    auto wakes = [&](std::chrono::microseconds at, std::string name) -> task<> {
        co_await sleep(at);
        log.push_back(std::move(name));
    };
    auto all = [&]() -> task<> {
        co_await join(wakes(3ms, "third"), wakes(1ms, "first"), wakes(2ms, "second"));
    };
    run(all());
    CHECK(log == words{"first", "second", "third"});
}

TEST_CASE("run: a strand that is always ready does not keep timers from firing") {
    auto chats = []() -> task<> {
        for (;;) co_await yield_now();
    };
    auto limited = [&]() -> task<> {
        CHECK_FALSE(co_await with_timeout(2ms, chats()));
    };
    run(limited());
}

TEST_CASE("run: a hundred thousand wake-ups from another thread, none lost") {
    // ThreadSanitizer makes each of them slow, and sees in fewer what it can see.
    constexpr int rounds = COIL_THREAD_SANITIZED ? 10'000 : 100'000;
    std::atomic<int> produced = 0;
    std::atomic<int> consumed = 0;
    auto receives = [&]() -> task<> {
        remote_event news(strand::current()->runs_on());
        std::thread sender([&] {
            for (int i = 1; i <= rounds; ++i) {
                produced.store(i, std::memory_order_release);
                news.set();
                // Every so often wait until it was taken: then the loop sleeps again.
                while (i % 8 == 0 && consumed.load(std::memory_order_acquire) < i) {
                    std::this_thread::yield();
                }
            }
        });
        while (consumed.load(std::memory_order_relaxed) < rounds) {
            co_await news.wait();
            consumed.store(produced.load(std::memory_order_acquire),
                           std::memory_order_release);
        }
        [[gsl::suppress("coil-blocking")]] sender.join();
    };
    run(receives());
    CHECK(consumed == rounds);
}

// A sender's last act is to ring; the loop must not be gone by then.
TEST_CASE("run: a runtime may end as soon as another thread woke it") {
    for (int i = 0; i < 300; ++i) {
        std::thread sender;
        auto receives = [&]() -> task<> {
            remote_event news(strand::current()->runs_on());
            sender = std::thread([&news] { news.set(); });
            co_await news.wait();
        };
        run(receives());
        sender.join();
    }
}

TEST_CASE("run: shutdown drains: children are told and end before it returns") {
    words log;
    auto child = [&](std::string name) -> task<> {
        const testing::trace here(log, name);
        co_await testing::never();
    };
    auto serves = [&]() -> task<> {
        co_await with_group([&](auto& group) -> task<> {
            group.spawn(child("a"));
            group.spawn(child("b"));
            co_await yield_now();
            co_await request_stop_of_all();
        });
    };
    run(serves());
    CHECK(log.size() == 2);
}

TEST_CASE(
    "run: a thread enters a runtime and leaves it, one inside of the other's pool") {
    coil::multi_thread_runtime outer({.workers = 1});
    const auto whom = [] { return coil::strand::current(); };
    const auto ask = [&]() -> coil::task<const coil::strand*> { co_return whom(); };
    const auto enter = [&]() -> coil::task<bool> {
        const auto* const here = whom();
        const bool left = co_await coil::blocking([&] {
            const auto* const before = whom();
            const auto* const inside = coil::run(ask());
            return before == nullptr && inside != nullptr && whom() == nullptr;
        });
        co_return left&& whom() == here;
    };
    CHECK(whom() == nullptr);
    CHECK(outer.run(enter()).take());
    CHECK(whom() == nullptr);
}
