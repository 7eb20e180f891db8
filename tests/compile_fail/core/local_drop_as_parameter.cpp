// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An async destructor that is bound to one executor cannot be owned by a task that moves.
#include <coil/core/own.hpp>

struct window {
    coil::local_task<> async_drop();
};

coil::task<> work(coil::owned<window> shown) {
    co_return;
}
// expected-error@coil/core/detail/parameters.hpp:* {{a coil::task may move between threads, and this parameter's async_drop() is a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* {{because 'coil::owned<window>' does not satisfy 'sendable'}}
// expected-note@*:* {{because 'is_sendable_v}}
// expected-note@*:* 0+ {{in instantiation of}}
