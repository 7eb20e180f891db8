// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/erased/async_function.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::async_function;
using coil::async_function_ref;
using coil::local_task;
using coil::task;

namespace {

task<int> twice(int n) {
    co_return 2 * n;
}
int half(int n) {
    return n / 2;
}

//! [borrowed for a call]
task<int> sum_of(int count, async_function_ref<int(int)> number) {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += co_await number(i);
    co_return sum;
}
//! [borrowed for a call]

static_assert(coil::sendable<async_function<int(int)>>);
static_assert(!coil::sendable<coil::local::async_function<int(int)>>);
static_assert(coil::async_fn_mut<async_function<int(int)>, int(int)>);
static_assert(!coil::async_fn<async_function<int(int)>, int(int)>);
static_assert(coil::async_fn<async_function<int(int) const>, int(int)>);
static_assert(coil::async_fn<async_function_ref<int(int) const>, long(short)>);
static_assert(!std::is_copy_constructible_v<async_function<int(int)>>);
static_assert(std::is_nothrow_move_constructible_v<async_function<int(int)>>);
static_assert(sizeof(async_function_ref<int(int)>) == 2 * sizeof(void*));

}  // namespace

COIL_TEST("async_function: holds sync and async callables of every kind") {
    //! [a table of commands]
    std::map<std::string, async_function<int(int)>> commands;
    commands.emplace("twice", &twice);
    commands.emplace("half", half);
    commands.emplace("later", [](int n) -> task<int> {
        co_await coil::sleep(1ms);
        co_return n;
    });
    int sum = 0;
    for (auto& [name, command] : commands) sum += co_await command(10);
    CHECK(sum == 20 + 5 + 10);
    //! [a table of commands]
}

COIL_TEST("async_function: owns what cannot be copied, small or large") {
    async_function<int()> small = [p = std::make_unique<int>(1)]() -> task<int> {
        co_return *p;
    };
    async_function<int()> large = [p = std::make_unique<int>(2),
                                   more = std::array<int, 32>{3}]() {
        return *p + more[0];
    };
    async_function<int()> moved = std::move(small);
    CHECK_FALSE(small);  // NOLINT: that is what a move leaves
    CHECK(moved);
    CHECK(co_await moved() == 1);
    CHECK(co_await large() == 5);
    moved = std::move(large);
    CHECK(co_await moved() == 5);
}

COIL_TEST("async_function: a changing one has a state, and its calls may overlap") {
    async_function<int()> next = [count = 0]() mutable -> task<int> {
        const int mine = ++count;
        co_await coil::yield_now();
        co_return mine;
    };
    auto [first, second] = co_await coil::join(next(), next());
    CHECK(first == 1);
    CHECK(second == 2);
}

COIL_TEST("async_function: passes references, errors and stops on") {
    async_function<int&(int&)> same = [](int& n) -> int& { return n; };
    int number = 1;
    ++co_await same(number);
    CHECK(number == 2);
    async_function<void()> fails = [] { throw std::runtime_error("failed"); };
    CHECK((co_await coil::as_outcome(fails())).has_error());
    words log;
    async_function<void()> waits = [&log]() -> task<> {
        const trace seen(log, "waits");
        co_await coil::sleep(1h);
    };
    (void)co_await coil::race(waits(), coil::yield_now());
    CHECK(log.back() == "~waits");
}

COIL_TEST("async_function: given to call_once it lives as long as its call") {
    auto later = [] {
        async_function<std::string()> f =
            [text = std::string(40, 'x')]() -> task<std::string> {
            co_await coil::yield_now();
            co_return text;
        };
        return coil::call_once(std::move(f));
    };
    CHECK((co_await later()).size() == 40);
}

COIL_TEST("async_function_ref: borrows lambdas, functions and other erased ones") {
    int calls = 0;
    CHECK(co_await sum_of(4, [&](int i) -> task<int> {
              ++calls;
              co_return i;
          }) == 6);
    CHECK(calls == 4);
    CHECK(co_await sum_of(4, twice) == 12);
    async_function<int(int)> owned = half;
    CHECK(co_await sum_of(4, owned) == 2);
}

COIL_TEST("async_function: a fixed place is enough for what fits into it") {
    coil::inplace_async_function<int(int) const, 8> add = [by = 3L](int n) {
        return n + static_cast<int>(by);
    };
    const auto moved = std::move(add);
    CHECK(co_await moved(1) == 4);
}

COIL_TEST("async_function: a local one holds what stays on its thread") {
    coil::local::async_function<int(int)> stays = [](int n) -> local_task<int> {
        co_return n + 1;
    };
    CHECK(co_await stays(1) == 2);
}
