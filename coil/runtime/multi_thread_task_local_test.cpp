// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/task_local.hpp>
#include <coil/core/with.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/runtime/run.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/merge.hpp>
#include <coil/sync/event.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

using namespace coil;

namespace {

constexpr multi_thread_options four_workers = {.workers = 4};

constexpr task_local<std::string> request_id;
constexpr task_local<int> number;

task<int> number_here() {
    const int* const here = co_await value_of(number);
    co_return here == nullptr ? 0 : *here;
}

/// Reads both values at many points; on the way it opens scopes of its own.
task<> read_often(std::string id, int expected, std::atomic<int>& right) {
    for (int i = 0; i < 20; ++i) {
        const std::string* const here = co_await value_of(request_id);
        right += here != nullptr && *here == id ? 1 : 0;
        co_await yield_now();
        right += co_await number_here() == expected ? 1 : 0;
        const int inner = co_await with_value(number, i, number_here());
        right += inner == i ? 1 : 0;
    }
}

task<> serve(int request, std::atomic<int>& right) {
    const std::string id = "request " + std::to_string(request);
    auto family = [&](group& g) -> task<> {
        for (int i = 0; i < 4; ++i) g.spawn(read_often(id, request, right));
        g.spawn(with_value(number, -1, read_often(id, -1, right)));
        // What the body does beside them nests and ends contexts of its own.
        co_await join(read_often(id, request, right), yield_now());
    };
    co_await with_value(request_id, id,
                        with_value(number, request, with_group(family)));
}

}  // namespace

TEST_CASE("multi_thread_runtime: children on all threads see their request's values") {
    multi_thread_runtime runtime(four_workers);
    std::atomic<int> right = 0;
    auto all = [&]() -> task<> {
        co_await with_group([&](group& g) {
            for (int i = 1; i <= 50; ++i) g.spawn(serve(i, right));
        });
    };
    runtime.run(all()).take();
    CHECK(right == 50 * 6 * 20 * 3);
}

TEST_CASE("on: a value is seen on the executor that is visited") {
    multi_thread_runtime runtime(four_workers);
    auto local_number = []() -> local_task<int> {
        co_await yield_now();
        co_return co_await number_here();
    };
    auto go = [&]() -> task<int> {
        const int pinned = co_await on(runtime.pinned(1), local_number);
        const int anywhere = co_await on(runtime.any_worker(), number_here());
        const int inner =
            co_await on(runtime.pinned(2), with_value(number, 3, number_here()));
        co_return pinned * 100 + anywhere * 10 + inner;
    };
    CHECK(run(with_value(number, 7, go())) == 773);
    CHECK(runtime.run(with_value(number, 7, go())).take() == 773);
    CHECK(runtime.run(go()).take() == 3);
}

namespace {

/// Counts its owners without a lock.
struct counted {
    static constexpr bool is_local = true;
    int id = 0;
};
constexpr task_local<counted> local_value;

local_task<int> local_here() {
    const counted* const here = co_await value_of(local_value);
    co_return here == nullptr ? 0 : here->id;
}

}  // namespace

TEST_CASE("on: a value that stays is seen where it was given, and nowhere else") {
    multi_thread_runtime runtime(four_workers);
    auto go = [&]() -> local_task<int> {
        const int elsewhere = co_await on(runtime.pinned(1), local_here);
        const int here = co_await on(current_executor(), local_here);
        co_return elsewhere * 10 + here;
    };
    CHECK(run(with_value(local_value, {.id = 7}, go())) == 7);
}

namespace {

/// Its children outlive many calls of next().
generator<int> with_children(event& may_end, std::atomic<int>& seen) {
    co_yield 1;
    auto look = [&]() -> task<> {
        while (!may_end.is_set()) {
            seen += co_await number_here();
            co_await yield_now();
        }
    };
    co_await with_group([&](group& g) {
        for (int i = 0; i < 3; ++i) g.spawn(look());
    });
    co_yield 2;
}

generator<int> count_slowly(int count) {
    for (int i = 0; i < count; ++i) {
        co_await yield_now();
        co_yield 10;
    }
}

}  // namespace

// They look while the merge goes in and out of scopes: so they look past it.
TEST_CASE(
    "multi_thread_runtime: what a merge keeps waiting sees what its strand sees") {
    multi_thread_runtime runtime(four_workers);
    event may_end;
    std::atomic<int> seen = 0;
    auto read = [](auto& all) -> task<int> {
        auto item = co_await all.next();
        co_return item ? *item : 0;
    };
    auto read_all = [&](auto& all) -> task<> {
        for (int i = 0; i < 200; ++i) {
            const int item = co_await with_value(number, 1, read(all));
            if (item == 0) break;
            if (i == 150) may_end.set();
        }
        may_end.set();
    };
    auto whole = [&]() -> task<> {
        auto all = merge(with_children(may_end, seen), count_slowly(300));
        co_await with(std::move(all), read_all);
    };
    runtime.run(whole()).take();
    CHECK(seen == 0);
}
