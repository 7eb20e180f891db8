// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A lambda cannot call itself by its name: it has none yet.
#include <coil/core/task.hpp>

void sync() {
    auto again = [&](int n) -> int { return n == 0 ? 0 : again(n - 1); };  // expected-error {{variable 'again' declared with deduced type 'auto' cannot appear in its own initializer}}
}
coil::task<> async() {
    auto again = [&](int n) -> coil::task<int> {
        if (n == 0) co_return 0;
        co_return co_await again(n - 1);  // expected-error {{variable 'again' declared with deduced type 'auto' cannot appear in its own initializer}}
    };
    co_return;
}
// expected-note@*:* 0+ {{}}
