// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An async destructor that is bound to one executor cannot run in a task that moves.
#include <coil/core/own.hpp>

struct window {
    coil::local_task<> async_drop();
};

coil::task<> work(window shown) {
    co_await coil::own(std::move(shown));
}
// expected-error@coil/core/task.hpp:* {{a coil::task may move between threads, so it cannot await a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* 0+ {{in instantiation of}}
