// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/closure.hpp>
#include <coil/core/join.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <functional>
#include <memory>
#include <stdexcept>

using namespace coil::testing;
using coil::async_fn;
using coil::async_fn_mut;
using coil::async_fn_once;
using coil::call_once;
using coil::task;

namespace {

[[maybe_unused]] auto sync_half = [](int n) { return n / 2; };
[[maybe_unused]] auto async_half = [](int n) -> task<int> { co_return n / 2; };
[[maybe_unused]] auto counting = [count = 0](int n) mutable -> task<int> {
    co_return n + ++count;
};
[[maybe_unused]] auto consuming =
    [p = std::make_unique<int>(1)](int n) mutable -> task<int> {
    auto mine = std::move(p);
    co_return n + *mine;
};
struct once_only {
    task<int> operator()(int n) && { co_return n; }
};

static_assert(async_fn<decltype(sync_half), int(int)>);
static_assert(async_fn<decltype(async_half), int(int)>);
static_assert(async_fn<decltype(async_half), long(short)>, "results convert");
static_assert(async_fn<decltype(async_half)&, int(int)>);
static_assert(!async_fn<decltype(async_half), int(std::string)>);
static_assert(!async_fn<decltype(async_half), std::string(int)>);
static_assert(!async_fn<decltype(async_half), void(int)>, "a result is not ignored");
static_assert(!async_fn<decltype(counting), int(int)>);
static_assert(async_fn_mut<decltype(counting), int(int)>);
static_assert(async_fn_once<decltype(consuming), int(int)>);
static_assert(!async_fn_mut<once_only, int(int)>);
static_assert(async_fn_once<once_only, int(int)>);

[[maybe_unused]] auto local_half = [](int n) -> coil::local_task<int> {
    co_return n / 2;
};
static_assert(coil::returns_sendable<decltype(async_half)&, int>);
static_assert(coil::returns_sendable<decltype(sync_half)&, int>);
static_assert(!coil::returns_sendable<decltype(local_half)&, int>);

//! [one body for sync and async callables]
template <coil::async_fn<int(int)> F>
auto sum_to(int last, F f)
    -> coil::maybe_task<int, coil::call_result_t<const F&, int>> {
    int sum = 0;
    for (int i = 1; i <= last; ++i) sum += co_await coil::settle(std::as_const(f), i);
    co_return sum;
}
//! [one body for sync and async callables]
static_assert(std::is_same_v<decltype(sum_to(1, async_half)), task<int>>);
static_assert(std::is_same_v<decltype(sum_to(1, local_half)), coil::local_task<int>>);
static_assert(std::is_same_v<decltype(sum_to(1, sync_half)), coil::at_once<int>>);
static_assert(!coil::awaitable<coil::at_once<int>>, "who has one need not wait");

template <class F>
auto longest(const words& of, F look)
    -> coil::maybe_task<const std::string&,
                        coil::call_result_t<F&, const std::string&>> {
    const std::string* found = &of.front();
    for (const std::string& word : of) {
        co_await coil::settle(look, word);
        if (word.size() > found->size()) found = &word;
    }
    co_return *found;
}

template <class F, class G>
auto sum_twice(int last, F f, G g)
    -> coil::maybe_task<int, coil::call_result_t<F&, int>,
                        coil::call_result_t<G&, int>> {
    const int sum = co_await coil::settle(sum_to<F>, last, std::move(f));
    co_return sum + co_await coil::settle(sum_to<G>, last, std::move(g));
}

struct counted {
    explicit counted(int& of) : count(of) { ++count; }
    counted(const counted& other) : counted(other.count) {}
    ~counted() { --count; }
    int& count;
};
template <class F>
auto call_with_locals(counted given, F f)
    -> coil::maybe_task<void, coil::call_result_t<F&>> {
    const counted local = given;
    co_await coil::settle(f);
}

}  // namespace

TEST_CASE("maybe_task: of sync callables it is an ordinary function") {
    const int sum = sum_to(10, [](int n) { return n * n; });
    CHECK(sum == 385);
    words seen;
    const words all = {"one", "three", "two"};
    const auto look = [&](const std::string& word) { seen.push_back(word); };
    const std::string* const most = &longest(all, look).get();
    CHECK(most == &all[1]);
    CHECK(seen == all);
    const int both = sum_twice(4, sync_half, sync_half);
    CHECK(both == 2 * (0 + 1 + 1 + 2));
    CHECK(sum_to(2, sync_half).get() == 1);
}

COIL_TEST("maybe_task: of async callables it is a task") {
    const int sum = co_await sum_to(10, [](int n) -> task<int> {
        co_await coil::yield_now();
        co_return n* n;
    });
    CHECK(sum == 385);
    words seen;
    const words all = {"one", "three", "two"};
    const std::string& most =
        co_await longest(all, [&](const std::string& word) -> task<> {
            co_await coil::yield_now();
            seen.push_back(word);
        });
    CHECK(&most == &all[1]);
    CHECK(seen == all);
}

COIL_TEST("maybe_task: of both kinds of callables it is a task") {
    const int both = co_await sum_twice(4, sync_half, async_half);
    CHECK(both == 2 * (0 + 1 + 1 + 2));
}

#if COIL_EXCEPTIONS
TEST_CASE("maybe_task: a sync error leaves the call, and its objects are gone") {
    int count = 0;
    counted given(count);
    auto fail = []() -> void { throw std::runtime_error("no"); };
    CHECK_THROWS_WITH(call_with_locals(given, fail), "no");
    CHECK(count == 1);
    call_with_locals(given, [] {}).get();
    CHECK(count == 1);
}
#endif

COIL_TEST("call_once: a lambda that outlives its name") {
    words log;
    //! [a lambda that outlives its name]
    auto greeting = [&log](std::string name) {
        return call_once([greeted = "hello " + name, &log]() -> task<> {
            co_await coil::yield_now();
            log.push_back(greeted);  // lives in the future, so it is still there
        });
    };
    co_await greeting("world");
    CHECK(log == words{"hello world"});
    //! [a lambda that outlives its name]
}

COIL_TEST("call_once: does nothing until it is awaited") {
    int calls = 0;
    {
        auto later = call_once([&calls] { ++calls; });
        CHECK(calls == 0);
        co_await std::move(later);
    }
    CHECK(calls == 1);
}

COIL_TEST("call_once: passes arguments, values and references") {
    int number = 4;
    auto add = [](int& to, std::unique_ptr<int> n) -> task<int&> {
        to += *n;
        co_return to;
    };
    int& same = co_await call_once(std::move(add), number, std::make_unique<int>(3));
    CHECK(&same == &number);
    CHECK(number == 7);
}

COIL_TEST("call_once: a sync callable is called alike") {
    const int half = co_await call_once([](int n) { return n / 2; }, 8);
    CHECK(half == 4);
}

COIL_TEST("call_once: keeps the closure while branches run") {
    words log;
    auto make = [&log](std::string name) {
        return call_once([&log, name = std::move(name)]() -> task<> {
            co_await give_way(2);
            log.push_back(name);
        });
    };
    co_await coil::join(make("a name that is too long for the small string"),
                        make("another name that is too long for the small string"));
    CHECK(log.size() == 2);
    CHECK(log[0].starts_with("a name"));
}

namespace {
task<int> letters(std::string_view text) {
    co_await coil::yield_now();
    co_return static_cast<int>(text.size());
}
/// Lends a text for each call.
template <async_fn_mut<int(std::string_view)> F>
task<int> measure(F f) {
    int sum = 0;
    for (const std::string text : {"ab", "cde"}) {
        sum += co_await coil::call_once([&] { return f(text); });
    }
    co_return sum;
}
/// Any callable is passed on as what it is.
template <class F>
task<int> pass_on(F f) {
    co_return co_await measure<F&>(f);
}
}  // namespace

COIL_TEST("async_fn: functions and lambdas take what is lent for one call") {
    words seen;
    const int by_function = co_await measure(letters);
    const int by_lambda = co_await measure([&seen](std::string_view text) -> task<int> {
        co_await coil::yield_now();
        seen.emplace_back(text);
        co_return static_cast<int>(seen.size());
    });
    CHECK(by_function == 5);
    CHECK(by_lambda == 3);
    CHECK(seen == words{"ab", "cde"});
}

COIL_TEST("async_fn: pointers, references and lambdas that forward satisfy it") {
    auto forwards = [](std::string_view text) { return letters(text); };
    const int by_pointer = co_await measure(&letters);
    const int by_reference = co_await measure<decltype(forwards)&>(forwards);
    const int by_value = co_await measure(forwards);
    CHECK(by_pointer == 5);
    CHECK(by_reference == 5);
    CHECK(by_value == 5);
}

COIL_TEST("async_fn: a type-erased callable satisfies it, and so does a parameter") {
    const std::function<task<int>(std::string_view)> erased = letters;
    const int by_erased = co_await measure(erased);
    const int by_parameter = co_await pass_on(erased);
    CHECK(by_erased == 5);
    CHECK(by_parameter == 5);
}

COIL_TEST("closure: two branches change two members of one object") {
    struct {
        int left = 0;
        int right = 0;
    } both;
    auto count = [](int& to) {
        return call_once([&to]() -> task<> {
            for (int i = 0; i < 3; ++i) {
                co_await coil::yield_now();
                ++to;
            }
        });
    };
    co_await coil::join(count(both.left), count(both.right));
    CHECK(both.left == 3);
    CHECK(both.right == 3);
}

COIL_TEST("call_once: a stop inside ends the parent") {
    auto ended = co_await coil::as_outcome(call_once([] { return coil::stop_here(); }));
    CHECK(ended.is_stopped());
}

#if COIL_EXCEPTIONS
COIL_TEST("call_once: a call that throws is the outcome") {
    auto ended = co_await coil::as_outcome(
        call_once([]() -> int { throw std::runtime_error("no"); }));
    CHECK_THROWS_WITH(ended.take(), "no");
}
#endif
