// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A group stays where it is: its body gets a reference.
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>

coil::task<> child();

coil::task<> work() {
    co_await coil::with_group([](auto group) -> coil::task<> {
        group.spawn(child());
        co_return;
    });
}
// expected-error@coil/core/awaitable.hpp:* {{the body of coil::with_group is called with the group, by reference, as it cannot be copied: [&](coil::group& g)}}
// expected-note@*:* 0+ {{in instantiation of}}
