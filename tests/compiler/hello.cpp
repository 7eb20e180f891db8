// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a new user tries first. With GCC 12 it must stop at one readable error.
#if __has_include(<coil/coil.hpp>)
#include <coil/coil.hpp>
#else
#include <coil/base/compiler.hpp>
#endif

int main() {
    return 0;
}
