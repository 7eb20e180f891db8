// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A value that must be used must be used, whoever gives it.
#include <coil/core/task.hpp>

struct [[nodiscard]] status {};

status try_sync();
coil::task<status> try_async();

void sync() {
    try_sync();  // expected-warning {{ignoring return value of function declared with 'nodiscard' attribute}}
}
coil::task<> async() {
    co_await try_async();  // expected-warning {{ignoring return value of function declared with 'nodiscard' attribute}}
}
// expected-note@*:* 0+ {{}}
