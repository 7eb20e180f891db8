// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parts of `parallel` may run on other threads, so a task's are not local.
#include <coil/core/task.hpp>
#include <coil/parallel/parallel.hpp>

coil::local_task<int> on_this_thread();

coil::task<> anywhere() {
    (void)co_await coil::parallel(on_this_thread(), on_this_thread());
}
// expected-error@coil/core/task.hpp:* {{a coil::task may move between threads, so it cannot await a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* 0+ {{in instantiation of}}
