// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What waits is no constant.
#include <coil/core/task.hpp>

int number_sync();
coil::task<int> number_async();

constexpr int sync() {  // expected-error {{constexpr function never produces a constant expression}}
    return number_sync();
}
constexpr coil::task<int> async() {     // expected-error {{constexpr function's return type 'coil::task<int>'}}
    co_return co_await number_async();  // expected-error {{'co_await' cannot be used in a constexpr function}}
}
// expected-note@*:* 0+ {{}}
