// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What needs an async drop may be hidden in a container; a runtime's run gives none.
#include <coil/core/task.hpp>
#include <coil/runtime/current_thread.hpp>

#include <memory>
#include <vector>

struct connection {
    coil::task<> async_drop();
};
coil::task<std::vector<std::unique_ptr<connection>>> connect_to_all();

void serve(coil::current_thread_runtime& runtime) {
    auto all = runtime.run(connect_to_all());
}
// expected-error@coil/core/drop_traits.hpp:* {{this value needs its async_drop() awaited, and the code that would get it is no coil task}}
// expected-note@*:* 0+ {{}}
