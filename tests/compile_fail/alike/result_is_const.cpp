// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A constant result stays one.
#include <coil/core/task.hpp>

const int& give_sync();
coil::task<const int&> give_async();

void sync() {
    give_sync() = 1;           // expected-error {{cannot assign to return value because function 'give_sync' returns a const value}}
    int& bound = give_sync();  // expected-error {{binding reference of type 'int' to value of type 'const int' drops 'const' qualifier}}
}
coil::task<> async() {
    co_await give_async() = 1;           // expected-error {{read-only variable is not assignable}}
    int& bound = co_await give_async();  // expected-error {{binding reference of type 'int' to value of type 'const int' drops 'const' qualifier}}
}
// expected-note@*:* 0+ {{}}
