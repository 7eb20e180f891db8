// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Handles whose children end on other threads.
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/parallel/join_handle.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::as_outcome;
using coil::group;
using coil::join_handle;
using coil::spawn_with_handle;
using coil::task;
using coil::testing::borrow;

namespace {

/// More workers than processors: they take turns where one would not expect it.
constexpr coil::multi_thread_options four_workers = {.workers = 4};

task<std::unique_ptr<int>> give(int value) {
    for (int i = value % 5; i > 0; --i) co_await coil::yield_now();
    co_return std::make_unique<int>(value);
}

task<long> join_all(int count) {
    co_return co_await coil::with_group([count](group& g) -> task<long> {
        std::vector<join_handle<std::unique_ptr<int>>> children;
        for (int i = 0; i < count; ++i)
            children.push_back(spawn_with_handle(g, give(i)));
        long sum = 0;
        for (auto& each : children) sum += *co_await each.join();
        co_return sum;
    });
}

}  // namespace

TEST_CASE("join_handle: values come from children on other threads") {
    coil::multi_thread_runtime runtime(four_workers);
    for (int round = 0; round < 10; ++round)
        CHECK(runtime.run(join_all(500)).take() == 499L * 500 / 2);
}

namespace {

task<long> join_impatiently(int count) {
    co_return co_await coil::with_group([count](group& g) -> task<long> {
        long sum = 0;
        for (int i = 0; i < count; ++i) {
            auto child = spawn_with_handle(g, give(i));
            for (int tries = 0;; ++tries) {
                auto first = co_await coil::race(
                    coil::sleep(std::chrono::microseconds(tries % 7)), child.join());
                if (first.index() == 0) continue;
                sum += *first.get<1>();
                break;
            }
        }
        co_return sum;
    });
}

}  // namespace

TEST_CASE("join_handle: a stopped join loses nothing on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(join_impatiently(500)).take() == 499L * 500 / 2);
}

namespace {

task<int> spin(std::atomic<int>& stopped) {
    struct told {
        ~told() { stopped += coil::is_unwinding() ? 1 : 0; }
        std::atomic<int>& stopped;
    } on_end{stopped};
    for (;;) co_await coil::yield_now();
}

task<> stop_it(join_handle<int> child) {
    co_await coil::yield_now();
    child.request_stop();
    const auto ended = co_await as_outcome(child.join());
    if (!ended.is_stopped()) throw std::runtime_error("it was not stopped");
}

task<> stop_each(int count, std::atomic<int>& stopped) {
    co_await coil::with_group({.limit = 50}, [&](group& g) {
        for (int i = 0; i < count; ++i) {
            auto child = spawn_with_handle(g, spin(stopped));
            g.spawn(stop_it(std::move(child)));
        }
    });
}

}  // namespace

TEST_CASE("join_handle: siblings stop children on other threads, one by one") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> stopped = 0;
    REQUIRE(runtime.run(stop_each(20, stopped)).has_value());
    CHECK(stopped == 20);
}

namespace {

task<> forget_handles(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        auto alive = std::make_unique<std::atomic<int>>(0);
        co_await coil::with_group([&](group& g) -> task<> {
            auto child = spawn_with_handle(g, borrow(*alive, i % 3));
            for (int turns = i % 4; turns > 0; --turns) co_await coil::yield_now();
        });
        if (*alive != 0) throw std::runtime_error("a value outlived its owner");
    }
}

}  // namespace

TEST_CASE("join_handle: a value ends with its handle or its group, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    runtime.run(forget_handles(3000)).take();
}

namespace {

task<> fail_at_once(int turns) {
    for (; turns > 0; --turns) co_await coil::yield_now();
    throw std::runtime_error("failed");
}

/// The handle lives and is told, or is gone and the group is told; one of them.
task<int> told_once(int turns) {
    int told = 0;
    auto body = [&](group& g) -> task<> {
        auto child = spawn_with_handle(g, fail_at_once(turns));
        auto ended = co_await as_outcome(child.join());
        told += ended.has_error() ? 1 : 0;
        (void)spawn_with_handle(g, fail_at_once(turns));
    };
    const auto ended = co_await as_outcome(coil::with_group(body));
    co_return told + (ended.has_error() ? 10 : 0);
}

}  // namespace

TEST_CASE("join_handle: an error reaches handle or group, on many threads") {
    coil::multi_thread_runtime runtime(four_workers);
    for (int i = 0; i < 300; ++i) CHECK(runtime.run(told_once(i % 4)).take() == 11);
}

TEST_CASE("join_handle: a local task is refused on many threads") {
    const std::string said = coil::testing::last_words([] {
        coil::multi_thread_runtime runtime({.workers = 1});
        (void)runtime.run(coil::with_group([](group& g) {
            (void)spawn_with_handle(g, []() -> coil::local_task<> { co_return; }());
        }));
    });
    CHECK(coil::testing::says(said, "something local was spawned"));
}

namespace {

coil::local_task<int> give_here(int value) {
    co_await coil::yield_now();
    co_return value;
}
coil::local_task<int> join_pinned() {
    co_return co_await coil::with_group([](group& g) -> coil::local_task<int> {
        auto one = spawn_with_handle(g, give_here(1));
        auto other = spawn_with_handle(g, give_here(2));
        const int first = co_await one.join();
        co_return first + co_await other.join();
    });
}

task<> join_it(join_handle<>* child) {
    co_await child->join();
}
coil::local_task<> join_elsewhere(coil::executor& elsewhere) {
    co_await coil::with_group([&](group& g) -> coil::local_task<> {
        auto child = spawn_with_handle(g, coil::sleep(1h));
        co_await coil::on(elsewhere, &join_it, &child);
    });
}

}  // namespace

TEST_CASE("join_handle: children of a pinned strand may be local") {
    coil::multi_thread_runtime runtime(four_workers);
    for (unsigned worker = 0; worker < 4; ++worker)
        CHECK(runtime.run(coil::on(runtime.pinned(worker), &join_pinned)).take() == 3);
}

TEST_CASE("join_handle: a child of a pinned strand is not joined on another thread") {
    const std::string said = coil::testing::last_words([] {
        coil::multi_thread_runtime runtime(four_workers);
        coil::executor& elsewhere = runtime.any_worker();
        (void)runtime.run(
            coil::on(runtime.pinned(0), &join_elsewhere, std::ref(elsewhere)));
    });
    CHECK(coil::testing::says(said, "children of one thread are awaited there"));
}
