// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What can only be moved is not copied into a parameter.
#include <coil/core/task.hpp>

#include <memory>

void keep_sync(std::unique_ptr<int> number);
coil::task<> keep_async(std::unique_ptr<int> number);

void sync(std::unique_ptr<int> number) {
    keep_sync(number);  // expected-error {{call to deleted constructor of 'std::unique_ptr<int>'}}
}
coil::task<> async(std::unique_ptr<int> number) {
    co_await keep_async(number);  // expected-error {{call to deleted constructor of 'std::unique_ptr<int>'}}
}
// expected-note@*:* 0+ {{}}
