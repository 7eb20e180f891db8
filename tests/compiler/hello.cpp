// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a new user tries first. With GCC 12 it must stop at one readable error.
#include <coil/coil.hpp>

coil::task<int> answer() {
    co_return 42;
}

coil::task<int> twice() {
    const int once = co_await answer();
    co_return 2 * once;
}

int main() {
    auto lazy = twice();
}
