// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sync kind of an algorithm is no coroutine that could wait.
#include <coil/core/closure.hpp>
#include <coil/core/yield.hpp>

template <class F>
auto twice(F f) -> coil::maybe_task<int, coil::call_result_t<F&>> {
    const int first = co_await coil::settle(f);
    co_await coil::yield_now();
    co_return first + co_await coil::settle(f);
}

int work() {
    return twice([] { return 1; });
}
// expected-error@coil/core/closure.hpp:* {{a maybe_task of sync callables never waits: it may await what they give, by co_await coil::settle(f, arguments...)}}
// expected-note@*:* 0+ {{in instantiation of}}
