// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task that nobody awaits does nothing at all.
#include <coil/core/task.hpp>

coil::task<> send();

coil::task<> forgetful() {
    send();  // expected-warning {{a coil::task does nothing until it is awaited: write co_await}}
    co_return;
}
