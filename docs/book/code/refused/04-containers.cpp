// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task.hpp>
#include <coil/drop/async_vector.hpp>

struct connection {
    coil::task<> async_drop();
    coil::task<> send(int number);
};

//! [plain local]
coil::task<> use(int number) {
    coil::async_vector<connection> all;
    all.emplace_back();
    co_await all.back().send(number);
}  // nobody awaits their drops
//! [plain local]
