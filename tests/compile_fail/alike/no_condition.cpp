// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A condition is something that converts to bool.
#include <coil/core/task.hpp>

struct thing {};
thing give_sync();
coil::task<thing> give_async();

void sync() {
    if (give_sync()) return;        // expected-error {{value of type 'thing' is not contextually convertible to 'bool'}}
    for (int each : give_sync()) {  // expected-error {{invalid range expression of type 'thing'}}
    }
}
coil::task<> async() {
    if (co_await give_async()) co_return;    // expected-error {{value of type 'thing' is not contextually convertible to 'bool'}}
    for (int each : co_await give_async()) {  // expected-error {{invalid range expression of type 'thing'}}
    }
}
// expected-note@*:* 0+ {{}}
