// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nor to a parameter by value.
#include <coil/core/task.hpp>

const int& sync(int given) {
    return given;  // expected-warning {{reference to stack memory associated with parameter 'given' returned}}
}
coil::task<const int&> async(int given) {
    co_return given;  // the error stands in task.hpp
}
// expected-error@coil/core/task.hpp:* {{this task gives a reference, and what co_return has would be gone: give the object itself, or a reference to one that stays}}
// expected-note@*:* 0+ {{}}
