// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An await that is refused says so once, whatever its result was meant for.
#include <coil/core/task.hpp>

coil::task<int> answer();

coil::task<int> work() {
    auto later = answer();
    if (1 + co_await later < 3) co_return 0;
    const int twice = 2 * co_await later - 1;
    co_return twice / co_await later;
}
// expected-error@coil/core/task.hpp:* {{a task is awaited once and is used up by it: write co_await std::move(it)}}
// expected-note@*:* 0+ {{in instantiation of}}
