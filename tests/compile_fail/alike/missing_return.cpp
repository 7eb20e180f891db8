// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A value that was promised is given on every path.
#include <coil/core/task.hpp>

coil::task<> wait();

int sync(bool is_known) {
    if (is_known) return 1;
}  // expected-warning {{non-void function does not return a value in all control paths}}
coil::task<int> async(bool is_known) {
    co_await wait();
    if (is_known) co_return 1;
}  // expected-warning {{non-void coroutine does not return a value in all control paths}}

int sync_never() {
}  // expected-warning {{non-void function does not return a value}}
coil::task<int> async_never() {
    co_await wait();
}  // expected-warning {{non-void coroutine does not return a value}}
// expected-note@*:* 0+ {{}}
