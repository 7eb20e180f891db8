// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Frames and boxes are aligned for two pointers.
#include <coil/core/own.hpp>

struct alignas(64) wide {
    coil::task<> async_drop();
};

coil::task<> work() {
    co_await coil::own(wide());
}
// expected-error@coil/core/own.hpp:* {{an owned object lies in a block that is aligned for two pointers: own a pointer to what needs more}}
// expected-error@coil/core/task.hpp:* {{what is awaited lies in the coroutine's frame}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{expression evaluates to}}
