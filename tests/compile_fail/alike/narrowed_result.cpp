// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who asks to be told of lost digits is told at the co_return, too.
#include <coil/core/task.hpp>

#pragma clang diagnostic warning "-Wconversion"

int sync(long number) {
    return number;  // expected-warning {{implicit conversion loses integer precision: 'long' to 'int'}}
}
coil::task<int> async(long number) {
    co_return number;  // expected-warning {{implicit conversion loses integer precision: 'long' to 'int'}}
}
// expected-note@*:* 0+ {{}}
