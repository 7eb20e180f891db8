// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task that gives a reference cannot give one to what dies with its frame.
#include <coil/core/task.hpp>

struct name {};

coil::task<const name&> find() {
    co_return name();
}
// expected-error@coil/core/task.hpp:* {{this task gives a reference, and what co_return has would be gone: give the object itself, or a reference to one that stays}}
// expected-note@*:* 0+ {{in instantiation of}}
