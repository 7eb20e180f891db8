// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <memory>
#include <stdexcept>

using namespace std::chrono_literals;
using coil::testing::last_words_of;
using coil::testing::says;

namespace {

//! [a task awaits a task]
coil::task<int> answer() {
    co_await coil::sleep(10ms);
    co_return 42;
}
coil::task<int> twice() {
    const int once = co_await answer();
    co_return 2 * once;
}
//! [a task awaits a task]

coil::task<int&> refer(int& to) {
    co_return to;
}
#if COIL_EXCEPTIONS
coil::task<> fail() {
    co_await coil::sleep(1ms);
    throw std::runtime_error("failed");
}
#endif

}  // namespace

COIL_TEST("task: gives the value of the task it awaits") {
    const int value = co_await twice();
    CHECK(value == 84);
}

COIL_TEST("task: does nothing until it is awaited") {
    bool ran = false;
    {
        [[maybe_unused]] auto never = [](bool& flag) -> coil::task<> {
            flag = true;
            co_return;
        }(ran);
    }
    CHECK_FALSE(ran);
    co_return;
}

COIL_TEST("task: one that gives a task is awaited twice") {
    auto inner = []() -> coil::task<int> { co_return 7; };
    auto outer = [&]() -> coil::task<coil::task<int>> { co_return inner(); };
    const int seven = co_await co_await outer();
    CHECK(seven == 7);
}

COIL_TEST("task: gives a reference") {
    int number = 1;
    int& same = co_await refer(number);
    CHECK(&same == &number);
}

#if COIL_EXCEPTIONS
COIL_TEST("task: an error is thrown where it is awaited") {
    std::string caught;
    try {
        co_await fail();
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
    CHECK(caught == "failed");
}
#endif

COIL_TEST("task: may be moved before it is awaited") {
    auto first = answer();
    auto second = std::move(first);
    const int value = co_await std::move(second);
    CHECK(value == 42);
}

COIL_TEST("task: a moved-to task gives up what it held, unawaited") {
    [[gsl::suppress("coil-unawaited")]] auto held = answer();
    held = answer();
    const int value = co_await std::move(held);
    CHECK(value == 42);
}

namespace {
coil::task<int> countdown(int from);
coil::task<int> next_below(int from) {
    co_return co_await countdown(from - 1);
}
coil::task<int> countdown(int from) {
    if (from == 0) co_return 0;
    co_return co_await next_below(from);
}
static_assert(!coil::is_local_v<decltype(countdown(1))>);
}  // namespace

COIL_TEST("task: the types of two that call each other say where they may run") {
    const int bottom = co_await countdown(5);
    CHECK(bottom == 0);
}

COIL_TEST("task: one that is never awaited destroys its parameters, the last first") {
    coil::testing::words log;
    using held = std::unique_ptr<coil::testing::trace>;
    auto take = [](held, held, held) -> coil::task<> { co_return; };
    auto hold = [&log](const char* name) {
        return std::make_unique<coil::testing::trace>(log, name);
    };
    {
        held a = hold("a");
        held b = hold("b");
        held c = hold("c");
        [[maybe_unused]] auto never = take(std::move(a), std::move(b), std::move(c));
        CHECK(log.empty());
    }
#if COIL_CLANG
    CHECK(log == coil::testing::words{"~c", "~b", "~a"});
#else  // GCC 14 destroys those of a coroutine that never ran in the order it made them
    CHECK(log == coil::testing::words{"~a", "~b", "~c"});
#endif
    co_return;
}

COIL_TEST("task: one variable holds the work of either of two functions") {
    auto small = []() -> coil::task<int> { co_return 1; };
    for (const bool is_small : {true, false}) {
        auto either = is_small ? small() : answer();
        const int value = co_await std::move(either);
        CHECK(value == (is_small ? 1 : 42));
    }
}

namespace {
[[gsl::suppress("coil-unawaited")]] coil::local_task<> await_twice() {
    auto once = answer();
    const int first = co_await std::move(once);
    const int second = co_await std::move(once);
    CHECK(first == second);
}
coil::local_task<> await_a_leaf_twice() {
    auto leaf = coil::sleep(1ms);
    co_await leaf;
    co_await leaf;
}
}  // namespace

TEST_CASE("task: awaiting it, or a leaf, a second time ends the program with a text") {
    CHECK(says(last_words_of(&await_twice), "a task can be awaited once"));
    CHECK(says(last_words_of(&await_a_leaf_twice), "a leaf can be awaited once"));
}
