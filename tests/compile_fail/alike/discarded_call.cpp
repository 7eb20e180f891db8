// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A call whose result must be used: of a task that is the task, so only a forgotten
// co_await is told. What must be used after it says so by its type.
#include <coil/core/task.hpp>

[[nodiscard]] int count_sync();
[[nodiscard]] coil::task<int> count_async();

void sync() {
    count_sync();  // expected-warning {{ignoring return value of function declared with 'nodiscard' attribute}}
}
coil::task<> async() {
    count_async();  // expected-warning {{ignoring return value of function declared with 'nodiscard' attribute}}
    co_await count_async();
}
// expected-note@*:* 0+ {{}}
