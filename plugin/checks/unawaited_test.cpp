// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/sync/notify.hpp>
#include <coil/time/sleep.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

coil::task<int> answer();
coil::task<> work();
bool is_late();

// A future that is thrown away.

coil::task<> discarded() {
    answer();  // expected-error {{this 'coil::task<int>' is thrown away}}
    co_await answer();
}

coil::task<> discarded_on_purpose() {
    (void)answer();  // expected-error {{thrown away, so what it would do never}}
    (void)co_await answer();
}

coil::task<> discarded_by_comma() {
    // expected-error@+1 {{is thrown away}}
    (static_cast<void>(work()), co_await answer());
}

void discarded_in_a_function() {
    (void)work();  // expected-error {{is thrown away}}
}

coil::task<> discarded_where_a_task_is_due() {
    // expected-error@+2 {{is thrown away}}
    // expected-note@*:* {{await it with co_await, or return it}}
    (void)coil::join(answer(), work());
    return work();
}

coil::task<> discarded_combinator() {
    (void)coil::join(answer(), work());  // expected-error {{is thrown away}}
    co_await coil::join(answer(), work());
}

coil::task<> discarded_leaf() {
    (void)coil::sleep(1s);  // expected-error {{is thrown away}}
    co_await coil::sleep(1s);
}

// A future that is handed on.

coil::task<> spawned(coil::group& g) {
    g.spawn(work());
    co_return;
}

coil::task<> returned() {
    return work();
}

// A future in a variable.

coil::task<> forgotten() {
    auto t = answer();  // expected-error {{'t' is never awaited}}
    co_return;
}

coil::task<> forgotten_on_purpose() {
    [[maybe_unused]] auto t = answer();
    co_return;
}

coil::task<> kept_and_awaited() {
    auto t = answer();
    co_await std::move(t);
}

// A future in a variable, by paths.

coil::task<> awaited_on_both_paths() {
    auto t = answer();
    if (is_late()) {
        co_await std::move(t);
    } else {
        co_await coil::join(std::move(t), work());
    }
}
coil::task<> awaited_on_one_path() {
    auto t = answer();  // expected-error {{'t' is not awaited on every path}}
    if (is_late()) co_await std::move(t);
}
coil::task<> lost_by_an_early_return() {
    auto t = answer();  // expected-error {{'t' is not awaited on every path}}
    if (is_late()) co_return;
    co_await std::move(t);
}
coil::task<> made_after_the_early_return() {
    if (is_late()) co_return;
    auto t = answer();
    co_await std::move(t);
}
coil::task<> lost_in_a_loop() {
    while (is_late()) {
        auto t = answer();  // expected-error {{'t' is not awaited on every path}}
        if (is_late()) continue;
        co_await std::move(t);
    }
}
coil::task<> thrown_past() {
    auto t = answer();
    if (is_late()) throw 1;
    co_await std::move(t);
}
coil::task<> begun_before_it_asks(coil::notify& changed) {
    auto change = changed.wait();
    if (is_late()) co_return;
    co_await std::move(change);
}
coil::task<> handed_on(coil::group& g) {
    auto t = answer();
    g.spawn(std::move(t));
    auto other = work();
    auto* third = &other;
    (void)third;
    auto captured = work();
    auto later = [held = std::move(captured)]() mutable { (void)held; };
    co_return;
}
coil::task<int> returned_from_a_variable() {
    auto t = answer();
    return t;
}
coil::task<> cast_to_void() {
    auto t = answer();  // expected-error {{'t' is never awaited}}
    (void)t;
    co_return;
}

// A future that is awaited twice.

coil::task<> twice() {
    auto t = answer();
    co_await std::move(t);
    co_await std::move(t);  // expected-error {{'t' may be used up already}}
}
coil::task<> maybe_twice() {
    auto t = answer();
    if (is_late()) co_await std::move(t);
    co_await std::move(t);  // expected-error {{'t' may be used up already}}
}
coil::task<> on_either_path() {
    auto t = answer();
    if (is_late()) {
        co_await std::move(t);
        co_return;
    }
    co_await std::move(t);
}
coil::task<> in_each_turn() {
    auto t = answer();
    while (is_late()) co_await std::move(t);  // expected-error {{'t' may be used up}}
}
coil::task<int> in_each_try() {
    auto t = answer();
    for (int i = 0; i < 3; ++i) {
        try {
            co_return co_await std::move(t);  // expected-error {{'t' may be used up}}
        } catch (...) {
            if (i == 2) throw;
        }
    }
    co_return 0;
}
coil::task<> a_new_one_in_each_turn() {
    while (is_late()) {
        auto t = answer();
        co_await std::move(t);
    }
}
coil::task<> refilled() {
    auto t = answer();
    co_await std::move(t);
    t = answer();
    co_await std::move(t);
}
coil::task<int> twice_as_long(coil::task<int> t);
coil::task<> refilled_by_itself() {
    auto t = answer();
    t = twice_as_long(std::move(t));
    co_await std::move(t);
}
coil::task<> both_in_a_join() {
    auto t = work();
    co_await coil::join(std::move(t),
                        std::move(t));  // expected-error {{may be used up}}
}

// A parameter.

coil::task<> parameter_twice(coil::task<> t) {
    co_await std::move(t);
    co_await std::move(t);  // expected-error {{'t' may be used up already}}
}
coil::task<> parameter_by_reference_twice(coil::task<>&& t) {
    co_await std::move(t);
    co_await std::move(t);  // expected-error {{'t' may be used up already}}
}
coil::task<> parameter_in_each_turn(coil::task<int> t) {
    while (is_late()) co_await std::move(t);  // expected-error {{'t' may be used up}}
}
coil::task<> parameter_once(coil::task<> t, coil::task<>&& other, bool is_first) {
    if (is_first) {
        co_await std::move(t);
    } else {
        co_await coil::join(std::move(t), std::move(other));
    }
}
coil::task<> parameter_refilled(coil::task<> t) {
    while (is_late()) {
        co_await std::move(t);
        t = work();
    }
}
coil::task<> parameter_not_awaited(coil::task<> t, bool is_wanted) {
    if (is_wanted) co_await std::move(t);
}
template <class A>
coil::task<> forwarded_twice(A&& a) {
    co_await std::forward<A>(a);
    co_await std::forward<A>(a);  // expected-error {{'a' may be used up already}}
}
struct again_and_again {
    bool await_ready();
    void await_suspend(std::coroutine_handle<>);
    void await_resume();
};
coil::task<> forwards(again_and_again& e) {
    co_await forwarded_twice(work());
    co_await forwarded_twice(e);
}

// A variable that is overwritten.

coil::task<> overwritten() {
    auto t = work();  // expected-error {{what 't' holds is overwritten before}}
    t = work();
    co_await std::move(t);
}
coil::task<> overwritten_later() {
    auto t = work();
    co_await std::move(t);
    t = work();  // expected-error {{what 't' holds is overwritten before}}
    if (is_late())
        t = work();
    else
        t = twice();
    co_await std::move(t);
}
coil::task<> chosen(bool is_first) {
    auto t = work();
    if (is_first) t = twice();
    co_await std::move(t);
}
coil::task<> refilled_in_each_turn() {
    auto t = work();
    while (is_late()) {
        co_await std::move(t);
        t = work();
    }
    co_await std::move(t);
}

// A container.

coil::task<> filled_for_nobody(std::size_t count) {
    std::vector<coil::task<>> all;  // expected-error {{the futures in 'all' are never}}
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) all.push_back(work());
    co_return;
}
coil::task<> kept_for_nobody() {
    std::optional<coil::task<int>> t(answer());  // expected-error {{in 't' are never}}
    co_return;
}
coil::task<> filled_and_awaited(std::size_t count) {
    std::vector<coil::task<>> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(work());
    for (auto& each : all) co_await std::move(each);
}
coil::task<> awaited_where_it_is_put_in() {
    std::vector<coil::task<>> all;
    co_await std::move(all.emplace_back(work()));
}
coil::task<> filled_and_handed_on(coil::group& g) {
    std::vector<coil::task<>> all;
    all.push_back(work());
    std::vector<coil::task<>> none;
    for (; !all.empty(); all.pop_back()) g.spawn(std::move(all.back()));
    co_return;
}
std::vector<coil::task<>> filled_and_returned() {
    std::vector<coil::task<>> all;
    all.push_back(work());
    return all;
}
coil::task<> filled_on_purpose() {
    [[maybe_unused]] std::vector<coil::task<>> all;
    all.push_back(work());
    co_return;
}
coil::task<> begun_for_nobody(coil::notify& changed) {
    std::vector<decltype(changed.wait())> all;  // a leaf may do its part by being made
    all.push_back(changed.wait());
    co_return;
}

// Somebody who throws away what he gets.

coil::task<> save(int value);
void show(int value);

coil::task<> each_by_an_algorithm(std::vector<int>& all) {
    // expected-error@+1 {{'std::for_each' throws away each 'coil::task<>'}}
    std::for_each(all.begin(), all.end(), [](auto& each) { return save(each); });
    const auto saving = [](int each) -> coil::task<> { co_await save(each); };
    std::for_each(all.begin(), all.end(), saving);  // expected-error {{throws away}}
    std::for_each(all.begin(), all.end(), &save);   // expected-error {{throws away}}
    std::ranges::for_each(all, &save);              // expected-error {{throws away}}
    std::for_each(all.begin(), all.end(), [](int each) { show(each); });
    std::vector<coil::task<>> kept;
    std::transform(all.begin(), all.end(), std::back_inserter(kept), &save);
    for (auto& each : kept) co_await std::move(each);
}
coil::task<> as_a_function() {
    std::function<void()> f = [] { return work(); };  // expected-error {{throws away}}
    f = &work;  // expected-error {{'std::function<void ()>' throws away}}
    std::function<coil::task<>()> g = [] { return work(); };
    std::function<void(int)> h = &show;
    co_await g();
}
void on_a_thread() {
    std::thread other(
        [] { return work(); });  // expected-error {{'std::thread' throws}}
    std::thread good([] { show(1); });
    other.join();
    good.join();
}

// A template: what is wrong is said once.

template <class T>
coil::task<> forgets(T value) {
    (void)save(static_cast<int>(value));  // expected-error {{is thrown away}}
    co_return;
}
coil::task<> forgets_with_each() {
    co_await forgets(1);
    co_await forgets(2.0);
    co_await forgets('3');
}

// Silence.

coil::task<> silenced_statement() {
    [[gsl::suppress("coil-unawaited")]] (void) answer();
    co_return;
}

coil::task<> silenced_variable() {
    [[gsl::suppress("coil-unawaited")]] auto t = answer();
    co_return;
}

[[gsl::suppress("coil-unawaited")]] coil::task<> silenced_function() {
    (void)answer();
    co_return;
}

coil::task<> silenced_for_another_rule() {
    // expected-error@+1 {{is thrown away}}
    [[gsl::suppress("coil-lifetime")]] (void) answer();
    co_return;
}

// Futures of one's own.

struct COIL_FUTURE marked {
    bool await_ready();
    void await_suspend(std::coroutine_handle<>);
    void await_resume();
};
struct plain {
    bool await_ready();
    void await_suspend(std::coroutine_handle<>);
    void await_resume();
};
marked marked_future();
plain plain_awaitable();

coil::task<> discarded_of_ones_own() {
    (void)marked_future();  // expected-error {{'marked' is thrown away}}
    (void)plain_awaitable();
    co_await marked_future();
}
