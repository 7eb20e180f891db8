// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task.hpp>

struct connection {
    coil::task<> async_drop();
    coil::task<> send(int number);
};

//! [plain local]
coil::task<> use(int number) {
    connection c;
    co_await c.send(number);
}  // nobody awaits the drop
//! [plain local]
