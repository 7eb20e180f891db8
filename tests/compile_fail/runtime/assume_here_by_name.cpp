// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is assumed to be here is used up by it, as by every await.
#include <coil/core/task.hpp>
#include <coil/runtime/assume_here.hpp>

coil::local_task<> draw();

coil::task<> work() {
    auto drawing = draw();
    co_await coil::assume_here(drawing);
}
// expected-error@coil/core/awaitable.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-note@*:* 0+ {{}}
