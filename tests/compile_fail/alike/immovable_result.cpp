// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function builds its result where it is wanted; a task has to move it there.
#include <coil/core/task.hpp>

struct fixed {
    fixed() = default;
    fixed(fixed&&) = delete;
};

fixed sync() {
    return fixed();
}
coil::task<fixed> async() {
    co_return fixed();  // the error stands in task.hpp
}
// expected-error@coil/core/task.hpp:* {{a task moves its result to who awaits it, and this type cannot be moved: give a std::unique_ptr to it}}
// expected-error@coil/core/task.hpp:* 0+ {{}}
// expected-error@coil/core/outcome.hpp:* 0+ {{}}
// expected-note@*:* 0+ {{}}
