// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An awaitable may say that it stays on its thread; then a task cannot wait for it.
#include <coil/core/as_outcome.hpp>
#include <coil/core/task.hpp>

struct paint_event : std::suspend_always {};
template <>
inline constexpr bool coil::enable_sendable<paint_event> = false;

coil::task<> paint() {
    co_await paint_event();
}
// expected-error@coil/core/task.hpp:* {{'is_sendable_v<paint_event>': a coil::task may move between threads, and what it awaits here may not: make this coroutine a local_task}}

// What is made of it is as local as a local_task.
coil::task<> paint_perhaps() {
    auto ended = co_await coil::as_outcome(paint_event());
}
// expected-error@coil/core/task.hpp:* {{a coil::task may move between threads, so it cannot await a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* 0+ {{in instantiation of}}
