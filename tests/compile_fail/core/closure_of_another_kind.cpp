// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who takes a callable says what it is called with and gives, how often, and through
// what.
#include <coil/core/closure.hpp>
#include <coil/core/task.hpp>

template <coil::async_fn<int(int)> F>
void call_at_any_time(F f);
template <coil::async_fn_mut<int(int)> F>
void call_one_by_one(F f);

struct once_only {
    coil::task<int> operator()(int n) &&;
};
coil::task<int> load();

void use() {
    auto counts = [n = 0](int by) mutable -> coil::task<int> { co_return n += by; };
    call_one_by_one(counts);
    call_at_any_time(counts);       // expected-error {{no matching function for call to 'call_at_any_time'}}
    call_one_by_one(once_only());   // expected-error {{no matching function for call to 'call_one_by_one'}}
    call_at_any_time([]() -> coil::task<int> { co_return 1; });        // expected-error {{no matching function}}
    call_at_any_time([](int&) -> coil::task<int> { co_return 1; });    // expected-error {{no matching function}}
    call_at_any_time([](int) -> coil::task<char*> { co_return nullptr; });  // expected-error {{no matching function}}
    call_at_any_time(load());       // expected-error {{no matching function for call to 'call_at_any_time'}}
}
// expected-note@*:* 6 {{candidate template ignored: constraints not satisfied}}
// expected-note@*:* 0+ {{evaluated to false}}
// expected-note@*:* 0+ {{is_callable}}
