// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A combinator uses its tasks up, so they are given with std::move.
#include <coil/core/join.hpp>
#include <coil/core/task.hpp>

coil::task<int> load();

coil::task<> work() {
    auto one = load();
    auto other = load();
    co_await coil::join(one, other);
}
// expected-error@coil/core/awaitable.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-note@*:* 0+ {{in instantiation of}}
