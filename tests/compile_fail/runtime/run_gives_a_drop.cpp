// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// main cannot await an async destructor, so what needs one does not leave run.
#include <coil/runtime/run.hpp>

struct connection {
    coil::task<> async_drop();
};
coil::task<connection> connect();

int main() {
    const connection taken_along = coil::run(connect());
}
// expected-error@coil/core/drop_traits.hpp:* {{this value needs its async_drop() awaited, and the code that would get it is no coil task}}
// expected-note@*:* 0+ {{}}
