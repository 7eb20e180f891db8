// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nor into a result.
#include <coil/core/task.hpp>

#include <memory>

std::unique_ptr<int> sync(std::unique_ptr<int>& number) {
    return number;  // expected-error {{call to deleted constructor of 'std::unique_ptr<int>'}}
}
coil::task<std::unique_ptr<int>> async(std::unique_ptr<int>& number) {
    co_return number;  // the error stands in task.hpp
}
// expected-error@coil/core/task.hpp:* {{what this co_return has does not convert to what the task gives}}
// expected-error@coil/core/outcome.hpp:* 0+ {{}}
// expected-note@*:* 0+ {{}}
