// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What looks like an async destructor and is none has its own words, not with's.
#include <coil/core/core.hpp>

struct connection {
    void async_drop();
};

coil::task<> work() {
    co_await coil::with(connection(), [](connection&) {});
}
// expected-error@coil/core/with.hpp:* {{with_end<coil::detail::with_fault::shape, connection>::has_right_drop': an async_drop() in this type is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-note@*:* 0+ {{}}
