// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task may move between threads; what stays on one cannot be part of it.
#include <coil/core/task.hpp>

coil::local_task<int> on_this_thread();

coil::task<int> anywhere() {
    co_return co_await on_this_thread();
}
// expected-error@coil/core/task.hpp:* {{a coil::task may move between threads, so it cannot await a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* 0+ {{in instantiation of}}
