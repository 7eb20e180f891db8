// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// with_value runs work that was called, so a task that has a name is moved.
#include <coil/core/task.hpp>
#include <coil/core/task_local.hpp>

constexpr coil::task_local<int> depth;

coil::task<> use(coil::task<> work) {
    co_await coil::with_value(depth, 1, work);
}
// expected-error@coil/core/awaitable.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-note@*:* 0+ {{}}
