// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop is left from its own function only.
#include <coil/core/task.hpp>

coil::task<> wait();

void sync() {
    for (int i = 0; i < 2; ++i) {
        [] {
            break;  // expected-error {{'break' statement not in loop or switch statement}}
        }();
        [] {
            continue;  // expected-error {{'continue' statement not in loop statement}}
        }();
    }
}
coil::task<> async() {
    for (int i = 0; i < 2; ++i) {
        co_await []() -> coil::task<> {
            co_await wait();
            break;  // expected-error {{'break' statement not in loop or switch statement}}
        }();
        co_await []() -> coil::task<> {
            co_await wait();
            continue;  // expected-error {{'continue' statement not in loop statement}}
        }();
    }
}
