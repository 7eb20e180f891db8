// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// join_set and spawn_started on many threads.
#include <coil/core/as_outcome.hpp>
#include <coil/core/yield.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/parallel/started.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>

using namespace std::chrono_literals;
using coil::as_outcome;
using coil::group;
using coil::join_set;
using coil::started;
using coil::task;
using coil::testing::borrow;
using coil::testing::borrowing;

namespace {

/// More workers than processors: they take turns where one would not expect it.
constexpr coil::multi_thread_options four_workers = {.workers = 4};

using item = std::unique_ptr<int>;

task<item> give(int value) {
    for (int i = value % 5; i > 0; --i) co_await coil::yield_now();
    if (value % 10 == 3) co_await coil::stop_here();
    if (value % 10 == 7) throw std::runtime_error("failed");
    co_return std::make_unique<int>(value);
}

struct totals {
    long sum = 0;
    int errors = 0;
};

task<totals> take_all(int count, bool is_impatient) {
    co_return co_await coil::with_group([=](group& g) -> task<totals> {
        totals all;
        join_set<item> results(g);
        for (int i = 0; i < count; ++i) results.spawn(give(i));
        for (int i = 0;; ++i) {
            const auto limit = is_impatient ? std::chrono::microseconds(i % 9) : 1h;
            auto next = co_await as_outcome(coil::with_timeout(limit, results.next()));
            if (next.has_error()) {
                ++all.errors;
            } else if (next.value().has_value()) {
                if (!next.value()->has_value()) co_return all;
                all.sum += ***next.value();
            }
        }
    });
}

}  // namespace

TEST_CASE("join_set: each result is taken once, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    for (const bool is_impatient : {false, true}) {
        for (int round = 0; round < 10; ++round) {
            const totals all = runtime.run(take_all(200, is_impatient)).take();
            CHECK(all.errors == 20);
            CHECK(all.sum == 199L * 200 / 2 - 2 * (20 * 95) - 20 * (3 + 7));
        }
    }
}

namespace {

task<> forget_sets(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        auto alive = std::make_unique<std::atomic<int>>(0);
        co_await coil::with_group([&](group& g) -> task<> {
            join_set<borrowing> results(g);
            for (int turns = 0; turns < 4; ++turns)
                results.spawn(borrow(*alive, turns));
            for (int turns = i % 4; turns > 0; --turns) co_await coil::yield_now();
        });
        if (*alive != 0) throw std::runtime_error("a value outlived its owner");
    }
}

}  // namespace

TEST_CASE("join_set: may end while its children do, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    runtime.run(forget_sets(1000)).take();
}

namespace {

task<int> count_up(int turns) {
    for (int i = 0; i < turns; ++i) co_await coil::yield_now();
    co_return turns;
}
task<> feed_from_elsewhere(coil::executor& there, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        co_await coil::with_group([&](group& g) -> task<> {
            join_set<int> results(g);
            co_await coil::on(there, [&] {
                for (int turns = 0; turns < 20; ++turns) results.spawn(count_up(turns));
            });
            for (int taken = 0; taken < i % 12; ++taken) (void)co_await results.next();
        });
    }
}

}  // namespace

TEST_CASE("join_set: may be fed from a pinned strand, and end before its children") {
    coil::multi_thread_runtime runtime(four_workers);
    runtime.run(feed_from_elsewhere(runtime.pinned(1), 300)).take();
}

namespace {

task<> stop_all_until(join_set<int>& asked, const std::atomic<bool>& is_over) {
    while (!is_over) {
        asked.request_stop();
        co_await coil::yield_now();
    }
}
task<int> take_while_asked(int count) {
    std::optional<join_set<int>> children;
    std::atomic<bool> is_over = false;
    const coil::outcome<int> taken =
        co_await as_outcome(coil::with_group([&](group& g) -> task<int> {
            children.emplace(g);
            for (int i = 0; i < 50; ++i) children->spawn(count_up(i % 2));
            g.spawn(stop_all_until(*children, is_over));
            int ended = 0;
            for (int i = 0; i < count; ++i) {
                children->spawn(count_up(i % 2));
                ended += (co_await children->next()).has_value() ? 1 : 0;
            }
            is_over = true;
            co_return ended;
        }));
    co_return taken.value();
}

}  // namespace

TEST_CASE("join_set: a sibling may stop all while results are taken, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    for (int round = 0; round < 300; ++round)
        CHECK(runtime.run(take_while_asked(300)).take() <= 300);
}

namespace {

/// Starts after some turns, then ends or fails after some more.
task<> start_after(started<borrowing>& ready, std::atomic<int>& owner, int turns) {
    for (int i = turns % 3; i > 0; --i) co_await coil::yield_now();
    if (turns % 7 == 6) throw std::runtime_error("before");
    ready.set(borrowing(owner));
    for (int i = turns % 4; i > 0; --i) co_await coil::yield_now();
    if (turns % 5 == 4) throw std::runtime_error("after");
}

/// In which of the two ways an error was told.
task<int> start_one(int turns) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    int told = 0;
    auto serve = [&](started<borrowing>& ready) {
        return start_after(ready, *alive, turns);
    };
    auto body = [&](group& g) -> task<> {
        auto said = co_await as_outcome(coil::spawn_started<borrowing>(g, serve));
        told += said.has_error() ? 1 : 0;
    };
    const auto ended = co_await as_outcome(coil::with_group(body));
    if (*alive != 0) throw std::runtime_error("a value outlived its owner");
    co_return told + (ended.has_error() ? 10 : 0);
}

task<> start_in_time(int turns) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    auto serve = [&](started<borrowing>& ready) -> task<> {
        co_await coil::sleep(std::chrono::microseconds(turns % 5));
        co_await start_after(ready, *alive, 1);
    };
    co_await coil::with_group([&](group& g) -> task<> {
        (void)co_await coil::with_timeout(std::chrono::microseconds(turns % 9),
                                          coil::spawn_started<borrowing>(g, serve));
    });
    if (*alive != 0) throw std::runtime_error("a value outlived its owner");
}

}  // namespace

TEST_CASE("started: an error reaches the spawner or the group, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    for (int i = 0; i < 500; ++i) {
        const int expected = i % 7 == 6 ? 1 : i % 5 == 4 ? 10 : 0;
        CHECK(runtime.run(start_one(i)).take() == expected);
    }
}

TEST_CASE("started: a stop loses no value, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    for (int i = 0; i < 500; ++i) runtime.run(start_in_time(i)).take();
}
