// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Structured bindings name as many parts as there are.
#include <coil/core/task.hpp>

struct point {
    int x, y;
};
point give_sync();
coil::task<point> give_async();

void sync() {
    auto [x, y, z] = give_sync();  // expected-error {{type 'point' decomposes into 2 elements, but 3 names were provided}}
}
coil::task<> async() {
    auto [x, y, z] = co_await give_async();  // expected-error {{type 'point' decomposes into 2 elements, but 3 names were provided}}
}
// expected-note@*:* 0+ {{}}
