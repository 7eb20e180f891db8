// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/sync/notify.hpp>
#include <coil/time/sleep.hpp>

#include <utility>

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
    auto t = answer();  // expected-error {{'t' is not awaited on every path}}
    while (is_late()) co_await std::move(t);  // expected-error {{'t' may be used up}}
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
