// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task is used up by its await, so the await must say that it gives it away.
#include <coil/core/task.hpp>

coil::task<int> answer();

coil::task<int> wait() {
    auto later = answer();
    co_return co_await later;
}
// expected-error@coil/core/task.hpp:* {{a task is awaited once and is used up by it: write co_await std::move(it)}}
// expected-note@*:* 0+ {{in instantiation of}}
