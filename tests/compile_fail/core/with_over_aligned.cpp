// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is awaited lies in the coroutine's frame.
#include <coil/core/task.hpp>
#include <coil/core/with.hpp>

struct alignas(64) wide {
    coil::task<> async_drop();
};

coil::task<> work() {
    co_await coil::with(wide(), [](wide&) {});
}
// expected-error@coil/core/task.hpp:* {{what is awaited lies in the coroutine's frame, which is aligned for two pointers: keep what needs more somewhere else}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{expression evaluates to}}
