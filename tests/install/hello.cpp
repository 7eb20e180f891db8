// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>

using namespace std::chrono_literals;

coil::task<int> answer() {
    co_await coil::sleep(1ms);
    co_return 42;
}

int main() {
    std::printf("hello, coil: %d\n", coil::run(answer()));
}
