// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A daemon is spawned as what it is: a lambda has to be made awaitable, with all that it
// captured, and a task is used up.
#include <coil/core/task.hpp>
#include <coil/runtime/daemons.hpp>

coil::task<> refresh();

void spawn_them(int& count) {
    coil::spawn_daemon("counts", [&count]() -> coil::task<> {
        ++count;
        co_return;
    });
    auto refreshing = refresh();
    coil::spawn_daemon("refreshes", refreshing);
}
// expected-error@coil/runtime/daemons.hpp:* {{a daemon is something awaitable, such as a task; of a lambda make one by coil::call_once(lambda), which keeps what it captured}}
// expected-error@coil/runtime/daemons.hpp:* {{a daemon uses the task up: write std::move(it)}}
// expected-note@*:* 0+ {{in instantiation of}}
