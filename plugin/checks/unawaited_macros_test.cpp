// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A macro that leaves the function does so as an error would.
#include <coil/core/core.hpp>

#include <utility>

coil::task<int> answer();
bool is_late();

#define VERIFY(condition)   \
    do {                    \
        if (!(condition)) { \
            co_return;      \
        }                   \
    } while (false)
#define IF_LATE(statement)        \
    do {                          \
        if (is_late()) statement; \
    } while (false)

coil::task<> left_by_an_assertion() {
    auto t = answer();
    VERIFY(!is_late());
    co_await std::move(t);
}
coil::task<> left_by_what_a_macro_was_given() {
    auto t = answer();  // expected-error {{'t' is not awaited on every path}}
    IF_LATE(co_return);
    co_await std::move(t);
}
coil::task<> left_by_hand() {
    auto t = answer();  // expected-error {{'t' is not awaited on every path}}
    VERIFY(!is_late());
    if (is_late()) co_return;
    co_await std::move(t);
}
