// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An async destructor that is bound to one executor cannot be owned by a task that moves.
#include <coil/core/own.hpp>

struct window {
    coil::local_task<> async_drop();
};

coil::task<> work(coil::owned<window> shown) {
    co_return;
}
// expected-error@coil/core/task.hpp:* {{parameter<1, coil::owned<window>>::has_sendable_drop': a coil::task may move between threads, and this parameter's async_drop() is a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* 0+ {{in instantiation of}}
