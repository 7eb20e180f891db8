// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function that gives an rvalue reference to a temporary is warned of; a task cannot
// tell it from another, and gives none.
#include <coil/core/task.hpp>

#include <string>

std::string&& sync() {
    return std::string("gone");  // expected-warning {{returning reference to local temporary object}}
}
coil::task<std::string&&> async() {
    co_return std::string("gone");
}
// expected-error@coil/core/task.hpp:* {{a task cannot give an rvalue reference, which may be to a temporary that is gone by then: give the object itself}}
// expected-note@*:* 0+ {{}}
