// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nothing refers to a local that is gone. A function is warned, a task is refused.
#include <coil/core/task.hpp>

int& sync() {
    int local = 1;
    return local;  // expected-warning {{reference to stack memory associated with local variable 'local' returned}}
}
coil::task<int&> async() {
    int local = 1;
    co_return local;  // the error stands in task.hpp
}
// expected-error@coil/core/task.hpp:* {{what this co_return has does not convert to what the task gives}}
// expected-error@coil/core/task.hpp:* {{this task gives a reference, and what co_return has would be gone: give the object itself, or a reference to one that stays}}
// expected-note@*:* 0+ {{}}
