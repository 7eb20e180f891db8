// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The body of a with takes a reference to each resource.
#include <coil/core/task.hpp>
#include <coil/core/with.hpp>

struct connection {
    coil::task<> async_drop();
};

coil::task<> work() {
    co_await coil::with(connection(), []() -> coil::task<> { co_return; });
}
// expected-error@coil/core/with.hpp:* {{the last argument of coil::with is the body: a callable that takes a reference to each resource, [](connection& c) {...}}}
// expected-note@*:* 0+ {{in instantiation of}}
