// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

coil::task<int> answer() {
    co_return 42;
}

coil::task<> ask(int& to) {
    to = co_await answer();
}
