// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>

coil::task<int> answer() {
    co_return 42;
}

coil::task<int> twice() {
    const int once = co_await answer();
    co_return 2 * once;
}
