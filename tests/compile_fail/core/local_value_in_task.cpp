// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a task-local holds is read from the threads of all children, so a value that
// stays on one is neither given nor read in a task that moves.
#include <coil/core/task_local.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>

struct widget {
    static constexpr bool is_local = true;
};
constexpr coil::task_local<widget> shown;

coil::task<> give() {
    co_await coil::with_value(shown, {}, coil::yield_now());
}
coil::task<> read() {
    (void)co_await coil::value_of(shown);
}
coil::local_task<> stays() {
    co_await coil::with_value(shown, {}, coil::yield_now());
    (void)co_await coil::value_of(shown);
}
// expected-error@coil/core/task.hpp:* 2 {{a coil::task may move between threads, and the value of this task_local may not, or may not be read from two: make this coroutine a local_task, or take another type}}
// expected-note@*:* 0+ {{}}
