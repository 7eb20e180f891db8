// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A closure is copied if what it captured can be.
#include <coil/core/task.hpp>

#include <memory>

void sync(std::unique_ptr<int> number) {
    auto held = [number = std::move(number)] { return *number; };
    auto copied = held;  // expected-error {{call to implicitly-deleted copy constructor}}
}
coil::task<> async(std::unique_ptr<int> number) {
    auto held = [number = std::move(number)]() -> coil::task<int> { co_return *number; };
    auto copied = held;  // expected-error {{call to implicitly-deleted copy constructor}}
    co_await copied();
}
// expected-note@*:* 0+ {{}}
