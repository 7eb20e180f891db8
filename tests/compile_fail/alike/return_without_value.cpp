// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function that gives something returns something, one that gives nothing nothing.
#include <coil/core/task.hpp>

int sync_number() {
    return;  // expected-error {{non-void function 'sync_number' should return a value}}
}
coil::task<int> async_number() {
    co_return;  // expected-error {{no member named 'return_void'}}
}

void sync_nothing() {
    return 1;  // expected-error {{void function 'sync_nothing' should not return a value}}
}
coil::task<> async_nothing() {
    co_return 1;  // expected-error {{no member named 'return_value'}}
}
// expected-note@*:* 0+ {{}}
