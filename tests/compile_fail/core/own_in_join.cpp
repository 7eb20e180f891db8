// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// own adds to the coroutine that awaits it; a branch of a join is none.
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>

struct connection {
    coil::task<> async_drop();
};

coil::task<> work(connection one, connection other) {
    co_await coil::join(coil::own(std::move(one)), coil::own(std::move(other)));
}
// expected-error@coil/core/detail/branches.hpp:* {{own is awaited by itself, in the coroutine that is to own the object}}
// expected-note@*:* 0+ {{in instantiation of}}
