// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// plugin: advice=warning
#include <coil/core/core.hpp>

#include <string>

coil::task<int> number(int value);
coil::task<> work();

// A future of a future.

namespace {

// expected-warning@+1 {{'nested' gives a future of a future}}
coil::task<coil::task<int>> nested() {
    co_return number(1);
}
coil::task<int> awaited_inside() {
    co_return co_await number(1);
}
// expected-warning@+1 {{'nested_twice' gives a future of a future}}
coil::task<coil::task<int>> nested_twice(bool first) {
    if (first) co_return number(1);
    co_return number(2);
}
coil::task<coil::task<int>> handed_on(coil::task<int> made) {
    co_return std::move(made);
}
coil::task<coil::task<int>> no_coroutine();

}  // namespace

// Others may call it, so there is no mend that is safe.
coil::task<coil::task<int>> nested_for_others() {
    co_return number(1);
}

coil::task<> uses_them() {
    co_await co_await nested();
    co_await co_await nested_twice(true);
    co_await co_await handed_on(number(1));
    co_await awaited_inside();
    // expected-warning@+1 {{this lambda gives a future of a future}}
    const auto nesting = []() -> coil::task<coil::task<int>> { co_return number(3); };
    const auto flat = []() -> coil::task<int> { co_return co_await number(3); };
    co_await co_await nesting();
    co_await flat();
}

// A closure around a closure.

coil::task<> closures() {
    // expected-warning@+2 {{this lambda only calls another, which is a coroutine}}
    co_await coil::call_once(
        [] { return []() -> coil::task<int> { co_return co_await number(1); }(); });
    co_await coil::call_once([]() -> coil::task<int> { co_return co_await number(1); });
    co_await coil::call_once([] { return number(1); });
}
coil::task<> closures_with_parameters() {
    // expected-warning@+1 {{only calls another}}
    const auto both = [](int a, int b) {
        return [](int a, int b) -> coil::task<int> {
            co_return co_await number(a) + b;
        }(a, b);
    };
    const auto swapped = [](int a, int b) {
        return [](int b, int a) -> coil::task<int> { co_return b - a; }(a, b);
    };
    const auto other = [](int a) {
        return [](long a) -> coil::task<long> { co_return a; }(a);
    };
    co_await both(1, 2);
    co_await swapped(1, 2);
    co_await other(1);
}
coil::task<> closures_that_hold(std::string text) {
    // The inner one takes what it needs, so that its future may outlive the outer one.
    const auto kept = [text] {
        return [](std::string text) -> coil::task<> { co_await work(); }(text);
    };
    co_await kept();
}
coil::task<> closures_that_do_more() {
    const auto counted = [] {
        static int calls = 0;
        ++calls;
        return []() -> coil::task<> { co_await work(); }();
    };
    co_await counted();
}

[[gsl::suppress("coil-advice")]] coil::task<> silenced() {
    co_await coil::call_once(
        [] { return []() -> coil::task<> { co_await work(); }(); });
}
