// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A constant object is not changed, and a function not called without its qualifier.
#include <coil/core/task.hpp>

struct counter {
    int raise_sync();
    coil::task<int> raise_async();
    int use_up_sync() &&;
    coil::task<int> use_up_async() &&;
};

int sync(const counter& constant, counter& named) {
    constant.raise_sync();       // expected-error {{has type 'const counter', but function is not marked const}}
    return named.use_up_sync();  // expected-error {{is an lvalue, but function has rvalue ref-qualifier}}
}
coil::task<int> async(const counter& constant, counter& named) {
    co_await constant.raise_async();          // expected-error {{has type 'const counter', but function is not marked const}}
    co_return co_await named.use_up_async();  // expected-error {{is an lvalue, but function has rvalue ref-qualifier}}
}
// expected-note@*:* 0+ {{}}
