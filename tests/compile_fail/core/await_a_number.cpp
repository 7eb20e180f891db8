// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Only what can be awaited can be awaited.
#include <coil/core/task.hpp>

coil::task<> wait() {
    co_await 42;
}
// expected-error@coil/core/task.hpp:* {{co_await needs something awaitable: a task, a leaf such as coil::sleep(), or a type with await_ready/suspend/resume}}
// expected-note@*:* 0+ {{in instantiation of}}
