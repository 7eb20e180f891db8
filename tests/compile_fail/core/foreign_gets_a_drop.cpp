// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Another library's coroutine cannot await an async destructor.
#include <coil/core/as_foreign.hpp>
#include <coil/core/task.hpp>

struct connection {
    coil::task<> async_drop();
};
coil::task<connection> connect();

void lend(coil::executor& runs_on) {
    auto awaited = coil::as_foreign(runs_on, connect());
}
// expected-error@coil/core/drop_traits.hpp:* {{this value needs its async_drop() awaited, and the code that would get it is no coil task}}
// expected-note@*:* 0+ {{}}
