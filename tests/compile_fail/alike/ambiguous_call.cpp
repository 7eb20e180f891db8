// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A call that could mean two functions means none.
#include <coil/core/task.hpp>

int size_sync(long number);
int size_sync(double number);
coil::task<int> size_async(long number);
coil::task<int> size_async(double number);

int sync() {
    return size_sync(1);  // expected-error {{call to 'size_sync' is ambiguous}}
}
coil::task<int> async() {
    co_return co_await size_async(1);  // expected-error {{call to 'size_async' is ambiguous}}
}
// expected-note@*:* 0+ {{}}
