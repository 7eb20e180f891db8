// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function is no awaitable; what it returns is.
#include <coil/core/race.hpp>
#include <coil/core/task.hpp>

coil::task<int> load();

coil::task<> work() {
    co_await coil::race(load, load);
}
// expected-error@coil/core/awaitable.hpp:* {{this needs something awaitable: a task, or a leaf such as coil::sleep(); a function has to be called, f()}}
// expected-note@*:* 0+ {{in instantiation of}}
