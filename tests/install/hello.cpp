// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>

#include <cstdio>

int main(int count, char**) {
    COIL_EXPECTS(count == 1);
    std::puts("hello, coil");
}
