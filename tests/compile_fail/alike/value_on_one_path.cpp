// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A local without a value is warned of behind an await, as in sync code.
#include <coil/core/task.hpp>

#pragma clang diagnostic error "-Wsometimes-uninitialized"
#pragma clang diagnostic error "-Wuninitialized"

coil::task<int> load();

coil::task<int> on_one_path(bool is_known) {
    int number;      // expected-note {{initialize the variable 'number' to silence this warning}}
    if (is_known) {  // expected-error {{variable 'number' is used uninitialized whenever 'if' condition is false}}
        number = 1;  // expected-note@-1 {{remove the 'if' if its condition is always true}}
    }
    const int more = co_await load();
    co_return number + more;  // expected-note {{uninitialized use occurs here}}
}
coil::task<int> on_no_path() {
    int number;  // expected-note {{initialize the variable 'number' to silence this warning}}
    const int more = co_await load();
    co_return number + more;  // expected-error {{variable 'number' is uninitialized when used here}}
}
coil::task<int> on_each_path(bool is_known) {
    int number;
    if (is_known) {
        number = 1;
    } else {
        number = co_await load();
    }
    co_return number;
}
