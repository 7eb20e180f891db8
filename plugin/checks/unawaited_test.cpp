// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
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

coil::task<> kept_and_awaited() {
    auto t = answer();
    co_await std::move(t);
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
