// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A result converts as a return does: not explicitly.
#include <coil/core/task.hpp>

struct length {
    explicit length(int metres);
};

length sync() {
    return 5;  // expected-error {{no viable conversion from returned value of type 'int' to function return type 'length'}}
}
coil::task<length> async() {
    co_return 5;  // the error stands in task.hpp
}
// expected-error@coil/core/task.hpp:* {{what this co_return has does not convert to what the task gives}}
// expected-error@coil/core/outcome.hpp:* 0+ {{}}
// expected-note@*:* 0+ {{}}
