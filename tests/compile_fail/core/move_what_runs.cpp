// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was begun stays where it is: others hold its address.
#include <coil/core/task.hpp>

coil::task<int> answer();

void move() {
    auto running = answer().operator co_await();
    auto moved = std::move(running);  // expected-error {{call to deleted constructor}}
}
// expected-note@*:* {{explicitly marked deleted here}}
