// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A temporary is no argument for a reference that may change it.
#include <coil/core/task.hpp>

void raise_sync(int& number);
coil::task<> raise_async(int& number);

void sync() {
    raise_sync(5);  // expected-error {{no matching function for call to 'raise_sync'}}
}
coil::task<> async() {
    co_await raise_async(5);  // expected-error {{no matching function for call to 'raise_async'}}
}
// expected-note@*:* 0+ {{}}
