// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/skeleton_runtime.hpp>
#include <coil/sync/remote_event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <chrono>
#include <thread>

using namespace coil;
using namespace std::chrono_literals;
using testing::words;

TEST_CASE("skeleton_runtime: runs tasks, timers and groups") {
    words log;
    skeleton_runtime runtime;
    auto waits = [&](std::chrono::microseconds pause, std::string name) -> task<> {
        co_await sleep(pause);
        log.push_back(std::move(name));
    };
    auto works = [&]() -> task<int> {
        co_await with_group([&](auto& group) {
            group.spawn(waits(2ms, "second"));
            group.spawn(waits(1ms, "first"));
        });
        co_return 3;
    };
    CHECK(runtime.run(works()).value() == 3);
    CHECK(log == words{"first", "second"});
}

TEST_CASE("skeleton_runtime: a pause is never shorter than asked for") {
    skeleton_runtime runtime;
    auto measures = []() -> task<> {
        for (int i = 0; i < 20; ++i) {
            const auto start = std::chrono::steady_clock::now();
            co_await sleep(100us * i);
            CHECK(std::chrono::steady_clock::now() - start >= 100us * i);
        }
    };
    runtime.run(measures()).take();
}

TEST_CASE("skeleton_runtime: other threads wake it, and it may end at once") {
    for (int i = 0; i < 300; ++i) {
        skeleton_runtime runtime;
        std::thread sender;
        auto receives = [&]() -> task<> {
            remote_event news(strand::current()->runs_on());
            sender = std::thread([&news] { news.set(); });
            co_await news.wait();
        };
        runtime.run(receives()).take();
        sender.join();
    }
}

TEST_CASE("skeleton_runtime: a time limit is kept while a strand is always ready") {
    skeleton_runtime runtime;
    auto chats = []() -> task<> {
        for (;;) co_await yield_now();
    };
    auto limited = [&]() -> task<> {
        CHECK_FALSE(co_await with_timeout(1ms, chats()));
    };
    runtime.run(limited()).take();
}
