// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/frame.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/daemons.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>

using namespace coil;
using namespace std::chrono_literals;

namespace {

struct flag {
    std::atomic<int>& ended;
    ~flag() { ++ended; }
};

task<> keep_fresh(std::atomic<int>& rounds, std::atomic<int>& ended) {
    const flag here{ended};
    for (;;) {
        ++rounds;
        co_await sleep(100us);
    }
}

task<> use_what_is_fresh(std::atomic<int>& rounds, std::atomic<int>& ended) {
    //! [kept fresh]
    spawn_daemon("keeps it fresh", keep_fresh(rounds, ended));
    //! [kept fresh]
    while (rounds < 3) co_await yield_now();
}

// Takes its time when it is asked to stop.
task<> linger(clock::duration pause) {
    (void)co_await as_outcome(testing::never());
    co_await shield(sleep(pause));
}

}  // namespace

TEST_CASE("daemons: they go on beside the work, and end with the runtime") {
    const auto alive = count_frames().alive;
    std::atomic<int> rounds = 0;
    std::atomic<int> ended = 0;
    SUBCASE("on one thread") {
        current_thread_runtime runtime;
        for (int i = 1; i <= 2; ++i) {
            rounds = 0;
            runtime.run(use_what_is_fresh(rounds, ended)).take();
            CHECK(ended == i);
            CHECK(runtime.daemons().alive() == 0);
        }
    }
    SUBCASE("on many") {
        {
            multi_thread_runtime runtime({.workers = 3});
            runtime.run(use_what_is_fresh(rounds, ended)).take();
            runtime.run(use_what_is_fresh(rounds, ended)).take();
            CHECK(runtime.daemons().alive() == 2);
            CHECK(ended == 0);
        }
        CHECK(ended == 2);
    }
    CHECK(count_frames().alive == alive);
}

TEST_CASE("daemons: they may end by themselves, at any time") {
    std::atomic<int> ended = 0;
    const auto brief = [](std::atomic<int>& count, int turns) -> task<> {
        for (int i = 0; i < turns; ++i) co_await yield_now();
        ++count;
    };
    {
        multi_thread_runtime runtime({.workers = 3});
        const auto use = [&]() -> task<> {
            for (int i = 0; i < 300; ++i) {
                spawn_daemon("brief", brief(ended, i % 5));
                if (i % 7 == 0) co_await yield_now();
            }
        };
        runtime.run(use()).take();
    }
    CHECK(ended <= 300);
    CHECK(ended > 0);
}

TEST_CASE("daemons: they may spawn daemons, also while the runtime ends") {
    std::atomic<int> ended = 0;
    const auto child = [](std::atomic<int>& count) -> task<> {
        const flag here{count};
        co_await testing::never();
    };
    const auto parent = [&]() -> task<> {
        spawn_daemon("child", child(ended));
        (void)co_await as_outcome(testing::never());
        spawn_daemon("late child", child(ended));
    };
    int spawned = 0;
    for (; spawned < 40; ++spawned) {
        multi_thread_runtime runtime({.workers = 3});
        runtime.daemons().spawn("parent", parent());
    }
    const auto nothing = []() -> task<> { co_await yield_now(); };
    current_thread_runtime runtime;
    runtime.daemons().spawn("parent", parent());
    runtime.run(nothing()).take();
    CHECK(ended >= 1);
    CHECK(runtime.daemons().alive() == 0);
}

TEST_CASE("daemons: one that takes too long is named, with what it waits for") {
    for (void (*act)() :
         {+[] {
              current_thread_runtime runtime(run_options{.daemon_deadline = 200ms});
              runtime.daemons().spawn("the slow one", linger(20s));
              const auto work = []() -> task<> { co_await yield_now(); };
              runtime.run(work()).take();
              fatal("and it has ended");
          },
          +[] {
              {
                  multi_thread_runtime runtime(
                      {.workers = 2, .daemon_deadline = 200ms});
                  runtime.daemons().spawn("the slow one", linger(20s));
              }
              fatal("and it has ended");
          }}) {
        const std::string said = testing::last_words(act);
        CHECK(testing::says(said, "it waits for 1 of its daemons: 'the slow one'"));
        CHECK(testing::says(said, "the daemon 'the slow one'\nwaits for sleep"));
        CHECK(testing::says(said, "linger"));
        CHECK(testing::says(said, "and it has ended"));
    }
}

TEST_CASE("daemons: one that fails ends the program with its name") {
    const std::string said = testing::last_words([] {
        multi_thread_runtime runtime({.workers = 2});
        const auto fails = []() -> task<> {
            throw std::runtime_error("no more room");
            co_return;
        };
        runtime.daemons().spawn("the writer", fails());
    });
    CHECK(testing::says(said, "the daemon 'the writer' failed"));
    CHECK(testing::says(said, "no more room"));
}

TEST_CASE("daemons: a local one is for a runtime of one thread") {
    int rounds = 0;
    const auto local = [&]() -> local_task<> {
        for (;;) {
            ++rounds;
            co_await yield_now();
        }
    };
    const auto work = [&]() -> local_task<> {
        spawn_daemon("local", local());
        while (rounds < 3) co_await yield_now();
    };
    run(work());
    CHECK(rounds >= 3);
    const std::string said = testing::last_words([] {
        multi_thread_runtime runtime({.workers = 1});
        const auto nothing = []() -> local_task<> { co_return; };
        runtime.daemons().spawn("local", nothing());
    });
    CHECK(testing::says(said, "a local daemon was spawned"));
}
