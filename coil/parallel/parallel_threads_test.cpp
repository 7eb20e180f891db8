// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `parallel` on many threads.
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/task_local.hpp>
#include <coil/core/yield.hpp>
#include <coil/parallel/parallel.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <stdexcept>

using namespace std::chrono_literals;
using coil::as_outcome;
using coil::parallel;
using coil::task;

namespace {

int fib(int n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
task<int> fib_of(int n) {
    if (n < 2) co_return n;
    auto [one, other] = co_await parallel(fib_of(n - 1), fib_of(n - 2));
    co_return one + other;
}

}  // namespace

TEST_CASE("parallel: a recursion gives what it gives on one thread") {
    for (const unsigned workers : {1U, 2U, 4U}) {
        coil::multi_thread_runtime runtime({.workers = workers});
        CHECK(runtime.run(fib_of(18)).take() == fib(18));
    }
}

namespace {

constexpr int failing = 4;

task<int> fail_within(int n, std::atomic<int>& failures) {
    if (n == failing) {
        if (failures.fetch_add(1) == 20) throw std::runtime_error("no more");
        co_return n;
    }
    if (n < 2) co_return n;
    auto [one, other] =
        co_await parallel(fail_within(n - 1, failures), fail_within(n - 2, failures));
    co_return one + other;
}

}  // namespace

TEST_CASE("parallel: an error deep inside ends the whole recursion") {
    for (const unsigned workers : {1U, 2U, 4U}) {
        coil::multi_thread_runtime runtime({.workers = workers});
        for (int round = 0; round < 20; ++round) {
            std::atomic<int> failures = 0;
            auto ended = runtime.run(fail_within(14, failures));
            CHECK_THROWS_WITH(ended.take(), "no more");
        }
    }
}

namespace {

task<int> spin() {
    for (;;) co_await coil::yield_now();
}

task<int> give_way_within(int n, std::atomic<int>& alive) {
    struct counted {
        explicit counted(std::atomic<int>& c) : count(c) { ++count; }
        ~counted() { --count; }
        std::atomic<int>& count;
    } const here(alive);
    if (n < 2) co_return co_await spin();
    auto [one, other] =
        co_await parallel(give_way_within(n - 1, alive), give_way_within(n - 2, alive));
    co_return one + other;
}

task<bool> stop_in_time(std::atomic<int>& alive) {
    co_return (co_await coil::with_timeout(2ms, give_way_within(8, alive))).has_value();
}

}  // namespace

TEST_CASE("parallel: a stop in the middle ends the whole recursion") {
    for (const unsigned workers : {1U, 2U, 4U}) {
        coil::multi_thread_runtime runtime({.workers = workers});
        for (int round = 0; round < 10; ++round) {
            std::atomic<int> alive = 0;
            CHECK_FALSE(runtime.run(stop_in_time(alive)).take());
            CHECK(alive == 0);
        }
    }
}

namespace {

task<> meet(coil::event& mine, coil::event& other) {
    mine.set();
    co_await other.wait();
}

task<> meet_often(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        coil::event a;
        coil::event b;
        co_await parallel(meet(a, b), meet(b, a));
    }
}

/// One fails, one is stopped, one ends by itself, in ever other orders.
task<> fail_at(int turns) {
    for (; turns > 0; --turns) co_await coil::yield_now();
    throw std::runtime_error("failed");
}
task<> end_at(int turns) {
    for (; turns > 0; --turns) co_await coil::yield_now();
}
task<int> end_in_all_orders(int rounds) {
    int failed = 0;
    for (int i = 0; i < rounds; ++i) {
        auto first = fail_at(i % 3);
        auto second = end_at(i % 5);
        auto third = fail_at(i % 4);
        auto ended = co_await as_outcome(
            parallel(std::move(first), std::move(second), std::move(third)));
        failed += ended.has_error() ? 1 : 0;
        const auto raced = co_await coil::race(
            parallel(end_at(i % 2), end_at(i % 3), end_at(i % 4)), end_at(i % 5));
        failed += raced.index() > 1 ? 1 : 0;
    }
    co_return failed;
}

}  // namespace

namespace {

task<const void*> strand_here() {
    co_return coil::strand::current();
}
task<bool> has_own_strands() {
    auto [first, second, third] =
        co_await parallel(strand_here(), strand_here(), strand_here());
    co_return first == coil::strand::current() &&
        second != first&& third != first&& third != second;
}

}  // namespace

TEST_CASE("parallel: each part but the first is a strand of its own") {
    coil::multi_thread_runtime runtime({.workers = 2});
    CHECK(runtime.run(has_own_strands()).take());
}

TEST_CASE("parallel: parts wait for each other") {
    coil::multi_thread_runtime runtime({.workers = 4});
    CHECK(runtime.run(meet_often(500)).has_value());
}

namespace {

task<int> fail_beside(bool is_first) {
    int failed = 0;
    for (int i = 0; i < 20; ++i) {
        auto fails = fail_at(i % 3);
        auto waits = [](int) -> task<> { co_await coil::sleep(1h); };
        auto whole = is_first ? parallel(std::move(fails), waits(0), waits(0))
                              : parallel(waits(0), waits(0), std::move(fails));
        const auto ended = co_await as_outcome(std::move(whole));
        failed += ended.has_error() ? 1 : 0;
    }
    co_return failed;
}

}  // namespace

TEST_CASE("parallel: an error stops the parts on other threads") {
    coil::multi_thread_runtime runtime({.workers = 4});
    for (const bool is_first : {true, false})
        CHECK(runtime.run(fail_beside(is_first)).take() == 20);
}

TEST_CASE("parallel: parts end in all orders") {
    for (const unsigned workers : {1U, 2U, 4U}) {
        coil::multi_thread_runtime runtime({.workers = workers});
        CHECK(runtime.run(end_in_all_orders(1000)).take() == 1000);
    }
}

namespace {

constexpr coil::task_local<int> depth_of_forks;

coil::task<int> fork_and_look(int forks) {
    const int* const here = co_await coil::value_of(depth_of_forks);
    const int seen = here != nullptr && *here == 7 ? 1 : 0;
    if (forks == 0) co_return seen;
    auto [left, right] =
        co_await coil::parallel(fork_and_look(forks - 1), fork_and_look(forks - 1));
    co_return seen + left + right;
}

}  // namespace

TEST_CASE("parallel: its parts see the values around it, on whichever thread") {
    coil::multi_thread_runtime runtime({.workers = 4});
    CHECK(runtime.run(coil::with_value(depth_of_forks, 7, fork_and_look(8))).take() ==
          511);
}
