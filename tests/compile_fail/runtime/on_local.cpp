// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is local was made here: it cannot go, but the function that makes it can.
#include <coil/core/task.hpp>
#include <coil/runtime/on.hpp>

coil::local_task<int> count();

coil::task<int> ask(coil::executor& there) {
    co_return co_await coil::on(there, count());
}
// expected-error@coil/runtime/on.hpp:* {{what is local stays on the executor on which it was made: give on() the function that makes it, and it is called there}}
// expected-note@*:* 0+ {{in instantiation of}}
