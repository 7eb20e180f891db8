// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/assume_here.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/runtime/run.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace coil;

namespace {

constexpr multi_thread_options two_workers = {.workers = 2};

local_task<int> twice(int number) {
    co_await yield_now();
    co_return number * 2;
}

//! [one of many that stays]
// What all panels of a program promise; most of them may be anywhere.
struct panel {
    virtual task<int> refresh() = 0;
    virtual ~panel() = default;
};
// This one draws, and is refreshed by the window's own strands only.
struct window : panel {
    task<int> refresh() override { co_return co_await assume_here(draw()); }
    local_task<int> draw() { co_return co_await twice(++drawn); }
    int drawn = 0;
};
//! [one of many that stays]

}  // namespace

TEST_CASE("assume_here: a task awaits what is local where strands stay") {
    window shown;
    panel& any = shown;
    CHECK(run(any.refresh()) == 2);
    static_assert(!is_local_v<decltype(assume_here(twice(1)))>);
    multi_thread_runtime runtime(two_workers);
    auto visit = [&]() -> task<int> {
        co_return co_await on(runtime.pinned(1), [&any] { return any.refresh(); });
    };
    CHECK(runtime.run(visit()).take() == 4);
}

TEST_CASE("assume_here: a leaf, in a branch, in a child, and what it gives is local") {
    local::event happened;
    [[gsl::suppress("coil-sendable")]] auto wait = [&]() -> task<> {
        co_await race(assume_here(happened.wait()), testing::never());
    };
    [[gsl::suppress("coil-sendable")]] auto set = [&]() -> task<> {
        co_await yield_now();
        happened.set();
    };
    [[gsl::suppress("coil-sendable")]] auto both = [&]() -> task<> {
        co_await with_group([&](group& g) {
            g.spawn(wait());
            g.spawn(set());
        });
    };
    run(both());
    auto give = []() -> local_task<std::unique_ptr<local::event>> {
        co_return std::make_unique<local::event>();
    };
    auto take = [&]() -> task<bool> {
        const auto made = co_await assume_here(give());
        co_return made != nullptr;
    };
    CHECK(run(take()));
}

TEST_CASE("assume_here: an error and a stop of the work pass") {
    auto fail = []() -> local_task<> {
        co_await yield_now();
        throw std::runtime_error("failed");
    };
    auto stop = []() -> local_task<> { co_await stop_here(); };
    auto use = [&]() -> task<> {
        const auto failed = co_await as_outcome(assume_here(fail()));
        CHECK(failed.has_error());
        const auto stopped = co_await as_outcome(assume_here(stop()));
        CHECK(stopped.is_stopped());
        auto endless = []() -> local_task<> { co_await testing::never(); };
        const auto won = co_await race(assume_here(endless()), yield_now());
        CHECK(won.index() == 1);
    };
    run(use());
}

TEST_CASE("assume_here: the executor may be named") {
    auto use = []() -> task<int> {
        co_return co_await assume_here(current_executor(), twice(4));
    };
    CHECK(run(use()) == 8);
}

TEST_CASE("assume_here: where strands move, it ends the program and says why") {
    const std::string said = testing::last_words([] {
        multi_thread_runtime runtime(two_workers);
        auto use = []() -> task<> { (void)co_await assume_here(twice(1)); };
        (void)runtime.run(use());
    });
    CHECK(testing::says(said, "assume_here: this strand may move to another thread"));
    CHECK(testing::says(said, "go there by on(executor, f, args...)"));
}

TEST_CASE("assume_here: made on one executor and awaited on another, it says so") {
    const std::string said = testing::last_words([] {
        multi_thread_runtime runtime(two_workers);
        auto use = [&]() -> task<> {
            (void)co_await on(runtime.pinned(0), assume_here(twice(1)));
        };
        run(use());
    });
    CHECK(testing::says(said, "assume_here: this strand runs on another executor"));
    const std::string named = testing::last_words([] {
        multi_thread_runtime runtime(two_workers);
        auto use = [](executor& home) -> task<> {
            (void)co_await assume_here(home, twice(1));
        };
        run(use(runtime.pinned(0)));
    });
    CHECK(testing::says(named, "assume_here: this strand runs on another executor"));
}
