// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A member that looks like an async destructor and is none would be ignored silently.
#include <coil/core/task.hpp>

struct connection {
    coil::task<bool> async_drop();
};

coil::task<connection> open() {
    co_return connection();
}
// expected-error@coil/core/drop_traits.hpp:* {{an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-note@*:* 0+ {{in instantiation of}}
