// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A result by value is a temporary: it cannot be assigned to, nor bound to a reference
// that may change it.
#include <coil/core/task.hpp>

int give_sync();
coil::task<int> give_async();

void sync() {
    give_sync() = 1;           // expected-error {{expression is not assignable}}
    int& bound = give_sync();  // expected-error {{non-const lvalue reference to type 'int' cannot bind to a temporary of type 'int'}}
}
coil::task<> async() {
    co_await give_async() = 1;           // expected-error {{expression is not assignable}}
    int& bound = co_await give_async();  // expected-error {{non-const lvalue reference to type 'int' cannot bind to a temporary of type 'int'}}
}
// expected-note@*:* 0+ {{}}
