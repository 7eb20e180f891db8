// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Not a rule's: Clang sees by itself, in coroutines as elsewhere, what may be without a
// value. It is part of -Wall.
#include <coil/core/core.hpp>

#pragma clang diagnostic error "-Wuninitialized"

coil::task<> work();
coil::task<bool> is_late();
void use(int number);

coil::task<> never_set() {
    int number;
    co_await work();
    use(number);  // expected-error {{variable 'number' is uninitialized}}
}
coil::task<> set_on_one_path(bool is_early) {
    int number;
    if (is_early) number = 1;  // expected-error {{is used uninitialized whenever 'if'}}
    co_await work();
    use(number);
}
coil::task<> set_after_an_await_on_one_path() {
    int number;
    if (co_await is_late())  // expected-error {{is used uninitialized whenever 'if'}}
        number = 1;
    use(number);
}
coil::task<> set_on_both_paths(bool is_early) {
    int number;
    if (is_early) {
        number = 1;
    } else {
        co_await work();
        number = 2;
    }
    co_await work();
    use(number);
}
