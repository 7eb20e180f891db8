// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bounds on what calls give: a function's future is a type like any other, so a generic
// function may ask of it what it needs.
#include <coil/core/call.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/join.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>
#include <list>
#include <mutex>
#include <ranges>
#include <string>
#include <vector>

using namespace coil::testing;
using coil::local_task;
using coil::sendable;
using coil::task;

namespace {

/// Asks of two methods that their futures may cross threads.
template <class S>
concept reads = sendable<decltype(std::declval<S&>().get(1))>;
template <class S>
concept writes = sendable<decltype(std::declval<S&>().put(1, 2))>;
/// What is asked of a part is asked of the whole.
template <class S>
concept stores = reads<S> && writes<S>;

class plain_store {
public:
    task<int> get(int key) {
        co_await coil::yield_now();
        co_return last_ + key;
    }
    task<> put(int key, int value) {
        co_await coil::yield_now();
        last_ = key + value;
    }

private:
    int last_ = 0;
};
/// Its reading is bound to one executor, its writing is not.
struct half_local_store {
    local_task<int> get(int key) { co_return key; }
    task<> put(int, int) { co_return; }
};

/// Counts calls; its futures are as movable as those of what it stands in front of.
template <class S>
struct counted {
    coil::task_like<int, decltype(std::declval<S&>().get(1))> get(int key) {
        ++calls;
        co_return co_await behind.get(key);
    }
    S behind;
    int calls = 0;
};

static_assert(stores<plain_store>);
static_assert(writes<half_local_store> && !stores<half_local_store>);

template <stores S>
task<int> swap_last(S& in, int value) {
    const int before = co_await in.get(0);
    co_await in.put(0, value);
    co_return before;
}
template <reads S>
task<int> sum_of(S& from) {
    const auto [a, b] = co_await coil::join(from.get(1), from.get(2));
    co_return a + b;
}
template <writes S>
task<> clear(S& all) {
    co_await all.put(0, 0);
}

}  // namespace

COIL_TEST("call: a generic task may ask that a method's future is movable") {
    plain_store store;
    const int sum = co_await sum_of(store);
    CHECK(sum == 3);
}

COIL_TEST("call: a bound on the whole is one on each of its methods") {
    plain_store store;
    co_await swap_last(store, 5);
    const int before = co_await swap_last(store, 7);
    CHECK(before == 5);
}

COIL_TEST("call: what is not used is not asked for") {
    half_local_store store;
    co_await clear(store);
    CHECK_FALSE(reads<half_local_store>);
}

COIL_TEST("call: a layer's future is as movable as that of what is behind it") {
    CHECK(reads<counted<plain_store>>);
    CHECK(reads<counted<counted<plain_store>>>);
    CHECK_FALSE(reads<counted<half_local_store>>);
    counted<counted<plain_store>> layers;
    const int sum = co_await sum_of(layers);
    CHECK(sum == 3);
    CHECK(layers.behind.calls == 2);
}

namespace {
template <class F, class... A>
concept gives_a_list =
    std::ranges::bidirectional_range<coil::settled_t<coil::call_result_t<F, A...>>>;

template <class F>
    requires gives_a_list<F&>
task<std::vector<int>> reversed(F give) {
    auto list = co_await coil::call_once([&give] { return give(); });
    std::reverse(list.begin(), list.end());
    co_return std::vector<int>(list.begin(), list.end());
}
task<std::list<int>> three() {
    co_await coil::yield_now();
    co_return {1, 2, 3};
}
}  // namespace

COIL_TEST("call: a bound may ask what the awaited value can do") {
    const auto all = co_await reversed(three);
    CHECK(all == std::vector<int>{3, 2, 1});
    auto number = []() -> task<int> { co_return 1; };
    CHECK_FALSE(gives_a_list<decltype(number)&>);
}

COIL_TEST("call: a bound holds for a sync function, too") {
    auto list = [] { return std::list<int>{1, 2}; };
    const auto all = co_await reversed(list);
    CHECK(all == std::vector<int>{2, 1});
    CHECK(coil::returns_sendable<decltype(list)&>);
}

namespace {
/// Of one name, some movable and some not.
struct overloaded {
    task<int> operator()(int n) const { co_return n; }
    local_task<int> operator()(const char*) const { co_return 0; }
    template <class T>
    task<T> twice(T value) const {
        co_return value + value;
    }
};
}  // namespace

COIL_TEST("call: a bound may be on one overload, or one instance of a template") {
    CHECK(coil::returns_sendable<overloaded, int>);
    CHECK_FALSE(coil::returns_sendable<overloaded, const char*>);
    CHECK(sendable<decltype(overloaded().twice(1.5))>);
    const double three = co_await overloaded().twice(1.5);
    CHECK(three == 3);
}

namespace {
/// Keeps a call that is made, to await it some time.
template <class F, class... A>
struct pending {
    coil::call_result_t<F, A...> result;
};
pending<const overloaded&, int> ask(int n) {
    return {overloaded()(n)};
}
}  // namespace

COIL_TEST("call: a future may be a member, and part of a result's type") {
    auto asked = ask(4);
    const int four = co_await std::move(asked.result);
    CHECK(four == 4);
}

namespace {
template <class F>
    requires coil::returns_sendable<F&, int>
task<int> twice_through(F f) {
    const int once = co_await f(1);
    co_return co_await f(once);
}
template <class F>
concept may_be_called_twice = requires(F f) { twice_through(f); };
}  // namespace

COIL_TEST("call: a callable parameter is asked what its future may do") {
    auto anywhere = [](int n) -> task<int> { co_return n + 1; };
    auto here = [](int n) -> local_task<int> { co_return n + 1; };
    CHECK(may_be_called_twice<decltype(anywhere)>);
    CHECK_FALSE(may_be_called_twice<decltype(here)>);
    const int three = co_await twice_through(anywhere);
    CHECK(three == 3);
}

namespace {
//! [a layer that is as movable as what it calls]
/// Logs the requests to a service: one definition for those whose futures may move
/// between threads, and for those bound to one.
template <class S>
struct log_service {
    auto operator()(int request) -> coil::task_like<int, S> {
        log.push_back("asked " + std::to_string(request));
        co_return co_await behind(request);
    }
    S behind;
    words& log;
};
//! [a layer that is as movable as what it calls]

struct doubling {
    task<int> operator()(int n) const {
        co_await coil::yield_now();
        co_return 2 * n;
    }
};
/// Answers on the thread of the window that it belongs to.
struct doubling_here {
    local_task<int> operator()(int n) {
        co_await coil::yield_now();
        co_return n + n;
    }
};

//! [a bound on what a method gives]
/// Asks a service whose futures may move between threads.
template <class S>
    requires coil::returns_sendable<S&, int>
task<int> ask_twice(S& service) {
    const int once = co_await service(1);
    co_return co_await service(once);
}
/// The same of a method that has a name.
template <class S>
    requires coil::returns_sendable<decltype(&S::get), S&, int>
task<int> get_third(S& store) {
    co_return co_await store.get(3);
}
//! [a bound on what a method gives]

template <class S>
concept can_be_asked = requires(S& service) { ask_twice(service); };
template <class S>
concept can_be_read = requires(S& store) { get_third(store); };
}  // namespace

COIL_TEST("call: one layer serves movable services and local ones") {
    words log;
    log_service<log_service<doubling>> anywhere{{{}, log}, log};
    log_service<doubling_here> here{{}, log};
    const int four = co_await ask_twice(anywhere);
    const int six = co_await here(3);
    CHECK(four == 4);
    CHECK(six == 6);
    CHECK(log == words{"asked 1", "asked 1", "asked 2", "asked 2", "asked 3"});
    CHECK(std::is_same_v<coil::call_result_t<decltype(here)&, int>, local_task<int>>);
    CHECK_FALSE(can_be_asked<log_service<doubling_here>>);
    CHECK_FALSE(can_be_asked<log_service<log_service<doubling_here>>>);
}

COIL_TEST("call: a bound may be on a method by its name") {
    plain_store store;
    const int three = co_await get_third(store);
    CHECK(three == 3);
    CHECK(can_be_read<counted<plain_store>>);
    CHECK_FALSE(can_be_read<half_local_store>);
    CHECK_FALSE(can_be_read<counted<half_local_store>>);
}

namespace {
/// As a free function: the flavour is that of the weakest part.
template <class S, class R>
auto logged(S& service, R request) -> coil::task_like<int, S> {
    co_return co_await service(request);
}
local_task<int> answer_here(int n) {
    co_return n;
}
task<int> answer(int n) {
    co_return n;
}
struct generic {
    template <class T>
    local_task<T> operator()(T value) {
        co_return value;
    }
};

template <class... Parts>
constexpr bool is_movable = sendable<coil::task_like<int, Parts...>>;
static_assert(is_movable<> && is_movable<int, task<>, doubling, const doubling&>);
static_assert(is_movable<decltype(answer)&, decltype(&answer), log_service<doubling>>);
static_assert(!is_movable<doubling, doubling_here>);
static_assert(!is_movable<task<>, local_task<>>);
static_assert(!is_movable<doubling_here&> && !is_movable<log_service<doubling_here>>);
static_assert(!is_movable<decltype(answer_here)> &&
              !is_movable<decltype(&answer_here)>);
static_assert(!is_movable<std::unique_lock<std::mutex>>);
using answers_surely = task<int>(int) noexcept;
static_assert(is_movable<answers_surely&, answers_surely*>);
// One that is generic does not say it by itself, and its future does.
static_assert(is_movable<generic> && is_movable<overloaded>);
static_assert(!is_movable<coil::call_result_t<generic&, int>>);
}  // namespace

COIL_TEST("call: a generic task has the flavour of its weakest part") {
    doubling anywhere;
    doubling_here here;
    const int two = co_await logged(anywhere, 1);
    const int four = co_await logged(here, 2);
    const int five = co_await logged(answer_here, 5);
    CHECK(two == 2);
    CHECK(four == 4);
    CHECK(five == 5);
    const int six = co_await logged(answer, 6);
    CHECK(six == 6);
    CHECK(coil::is_local_v<decltype(logged(here, 2))>);
    CHECK_FALSE(coil::is_local_v<decltype(logged(answer, 2))>);
}
