// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// co_return converts as return does: five is no list of five numbers.
#include <coil/core/task.hpp>

struct numbers {
    explicit numbers(int count);
};

coil::task<numbers> five() {
    co_return 5;
}
// expected-error@coil/core/task.hpp:* {{what this co_return has does not convert to what the task gives}}
// expected-error@coil/core/outcome.hpp:* 0+ {{}}
// expected-note@*:* 0+ {{}}
