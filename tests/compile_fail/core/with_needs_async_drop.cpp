// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// with is for what has an async destructor; anything else needs no with.
#include <coil/core/task.hpp>
#include <coil/core/with.hpp>

struct plain {};

coil::task<> work() {
    co_await coil::with([] { return plain(); }, [](plain&) {});
}
// expected-error@coil/core/with.hpp:* {{coil::with needs a resource that has a member async_drop()}}
// expected-note@*:* 0+ {{in instantiation of}}
