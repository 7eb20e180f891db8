// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What may be without a value is not used, also behind an await: -Wall sees it.
#include <coil/core/task.hpp>

#pragma clang diagnostic error "-Wuninitialized"

coil::task<> wait();
coil::task<bool> is_late();
void use(int number);

void sync_never_set() {
    int number;
    use(number);  // expected-error {{variable 'number' is uninitialized}}
}
coil::task<> async_never_set() {
    int number;
    co_await wait();
    use(number);  // expected-error {{variable 'number' is uninitialized}}
}
void sync_set_on_one_path(bool is_early) {
    int number;
    if (is_early) number = 1;  // expected-error {{is used uninitialized whenever 'if'}}
    use(number);
}
coil::task<> async_set_on_one_path(bool is_early) {
    int number;
    if (is_early) number = 1;  // expected-error {{is used uninitialized whenever 'if'}}
    co_await wait();
    use(number);
}
coil::task<> async_set_after_an_await() {
    int number;
    if (co_await is_late())  // expected-error {{is used uninitialized whenever 'if'}}
        number = 1;
    use(number);
}
coil::task<> async_set_on_both_paths(bool is_early) {
    int number;
    if (is_early) {
        number = 1;
    } else {
        co_await wait();
        number = 2;
    }
    co_await wait();
    use(number);
}
// expected-note@*:* 0+ {{}}
