// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a task is given moves with it, so a task that stays cannot be handed over.
#include <coil/core/task.hpp>

coil::task<int> anywhere(int once, coil::local_task<int> later) {
    co_return once;
}
// expected-error@coil/core/task.hpp:* {{parameter<2, coil::basic_task<int, coil::flavour::local>>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not: make this coroutine a local_task, or hand over something else}}
// expected-note@*:* 0+ {{in instantiation of}}
