// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The result of a task lies in the frame of who awaits it.
#include <coil/core/task.hpp>

struct alignas(64) wide {
    double numbers[8];
};

coil::task<wide> make() {
    co_return wide();
}
// expected-error@coil/core/task.hpp:* {{a coroutine's frame is aligned for two pointers, so a task cannot give what needs more: give a pointer to it}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{evaluates to}}
