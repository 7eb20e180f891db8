// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task is used up by who spawns it.
#include <coil/core/task.hpp>
#include <coil/parallel/join_handle.hpp>

coil::task<> work();

void keep(coil::group& g) {
    auto named = work();
    auto child = coil::spawn_with_handle(g, named);
}
// expected-error@coil/core/awaitable.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-note@*:* 0+ {{in instantiation of}}
