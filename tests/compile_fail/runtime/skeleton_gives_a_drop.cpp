// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A runtime that learned from the skeleton refuses such values, too.
#include <coil/core/task.hpp>
#include <coil/runtime/skeleton_runtime.hpp>

struct connection {
    coil::task<> async_drop();
};
coil::task<connection> connect();

void serve(coil::skeleton_runtime& runtime) {
    auto taken_along = runtime.run(connect());
}
// expected-error@coil/core/drop_traits.hpp:* {{this value needs its async_drop() awaited, and the code that would get it is no coil task}}
// expected-note@*:* 0+ {{}}
