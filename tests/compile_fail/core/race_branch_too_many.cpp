// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The branches of a race are counted from 0.
#include <coil/core/race.hpp>
#include <coil/core/task.hpp>

coil::task<int> answer();

coil::task<int> work() {
    auto won = co_await coil::race(answer(), answer());
    co_return won.get<2>();
}
// expected-error@coil/core/race.hpp:* {{the branches of a race are counted from 0, and this one has fewer}}
// expected-note@*:* 0+ {{in instantiation of}}
