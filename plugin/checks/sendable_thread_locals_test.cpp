// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thread_local that is set before an await and read behind it.
#include <coil/core/core.hpp>

#include <string>

coil::task<int> load(int from);
void print(const std::string& text, int number);

static_assert(!coil::task<>::is_local);

namespace {

thread_local std::string trace;
thread_local int depth = 0;
thread_local bool is_warm = false;

coil::task<> logs_another(std::string own) {
    trace = own;  // expected-note {{it is set here}}
    const int number =
        co_await load(1);  // expected-note {{may go on on another thread}}
    print(trace, number);  // expected-error {{'trace' is read here}}
}
coil::task<> on_one_path(bool is_late) {
    depth = 3;  // expected-note {{it is set here}}
    if (is_late) {
        co_await load(1);          // expected-note {{may go on on another thread}}
        print("late", depth + 1);  // expected-error {{'depth' is read here}}
    }
}

// --- right ---

coil::task<> set_again(std::string own) {
    trace = own;
    const int number = co_await load(1);
    trace = own;
    print(trace, number);
}
coil::task<> read_before() {
    depth = 1;
    print("now", depth);
    co_await load(1);
}
coil::task<> counts() {
    ++depth;
    co_await load(1);
    ++depth;
}
coil::task<> warms_up() {
    if (!is_warm) is_warm = true;
    co_await load(1);
    if (!is_warm) print("cold", 0);
}
coil::local_task<> stays(std::string own) {
    trace = own;
    const int number = co_await load(1);
    print(trace, number);
}
void no_coroutine() {
    depth = 1;
    print("now", depth);
}

}  // namespace
