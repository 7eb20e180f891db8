// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A spawned task belongs to the group, so the spawn must say that it gives it away.
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>

coil::task<> work();

void start(coil::group& workers) {
    auto one = work();
    workers.spawn(one);
}
// expected-error@coil/core/group.hpp:* {{spawn uses the task up: write spawn(std::move(it))}}
// expected-note@*:* 0+ {{in instantiation of}}
