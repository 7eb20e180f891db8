// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What looks like an async destructor and is none has its own words, not with's.
#include <coil/core/core.hpp>

struct connection {
    void async_drop();
};

coil::task<> work() {
    co_await coil::with(connection(), [](connection&) {});
}
// expected-error@coil/core/drop_traits.hpp:* {{this type's async_drop() is no async destructor: it must be public, take nothing or a coil::exit_reason, and give an awaitable of void, such as coil::task<>}}
// expected-note@*:* 0+ {{}}
