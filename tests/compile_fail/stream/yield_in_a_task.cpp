// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task gives one result; several are a generator's.
#include <coil/core/task.hpp>

coil::task<int> count() {
    co_yield 1;  // expected-error {{no member named 'yield_value'}}
    co_return 2;
}
