// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A handle may end with the result in it, where nobody can await.
#include <coil/core/task.hpp>
#include <coil/parallel/join_handle.hpp>

struct connection {
    coil::task<> async_drop();
};
coil::task<connection> connect();

void keep(coil::group& g) {
    auto child = coil::spawn_with_handle(g, connect());
}
// expected-error@coil/parallel/detail/kept_child.hpp:* {{a handle may end with the result in it, and has no place to await an async drop there}}
// expected-note@*:* 0+ {{in instantiation of}}
