// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! [hello]
#include <coil/coil.hpp>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

coil::task<std::string> name_of(int guest) {
    co_await coil::sleep(10ms);  // waits; the thread is free meanwhile
    co_return "guest " + std::to_string(guest);
}

coil::task<int> welcome(int guest) {
    std::string name = co_await name_of(guest);
    std::printf("welcome, %s\n", name.c_str());
    co_return static_cast<int>(name.size());
}

int main() {
    int length = coil::run(welcome(7));
    std::printf("%d letters\n", length);
}
//! [hello]
