// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What never waits, and so cannot be stopped.
#include <coil/core/core.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <vector>

using namespace std::chrono_literals;
using numbers = std::vector<int>;

coil::task<int> sum(numbers all) {
    int found = 0;
    for (const int each : all) found += each;
    co_return found;
}
int fibonacci(int n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
coil::task<int> by_recursion(int n) {
    co_return fibonacci(n);
}
int plain_sum(const numbers& all) {
    int found = 0;
    for (const int each : all) found += each;
    return found;
}
coil::task<int> by_a_function(numbers all) {
    co_return plain_sum(all);
}

coil::task<> computes(numbers all) {
    // expected-warning@+1 {{'sum' never waits, so this time-out cannot stop it}}
    co_await coil::with_timeout(1s, sum(all));
    // expected-warning@+1 {{'by_recursion' never waits}}
    co_await coil::with_timeout(1s, by_recursion(30));
    // expected-warning@+1 {{'by_a_function' never waits, so 'race' cannot stop it}}
    co_await coil::race(coil::sleep(1s), by_a_function(all));
    // expected-warning@+1 {{this lambda never waits}}
    co_await coil::with_timeout(1s, coil::call_once([&]() -> coil::task<int> {
                                    int found = 0;
                                    for (const int each : all) found += each;
                                    co_return found;
                                }));
}

// What asks, gives way, waits, or is done at once.

coil::task<int> asks(numbers all) {
    int found = 0;
    for (const int each : all) {
        if (co_await coil::stop_requested()) break;
        found += each;
    }
    co_return found;
}
coil::task<int> gives_way(numbers all) {
    int found = 0;
    for (const int each : all) {
        co_await coil::yield_now();
        found += each;
    }
    co_return found;
}
coil::task<int> at_once(int n) {
    co_return n + 1;
}
coil::task<int> a_few() {
    int found = 0;
    for (int i = 0; i < 10; ++i) found += i;
    for (const int each : {1, 2, 3}) found += each;
    co_return found;
}
coil::task<int> unseen(numbers all);
coil::task<> may_be_stopped(numbers all) {
    co_await coil::with_timeout(1s, asks(all));
    co_await coil::with_timeout(1s, gives_way(all));
    co_await coil::with_timeout(1s, at_once(1));
    co_await coil::with_timeout(1s, a_few());
    co_await coil::with_timeout(1s, unseen(all));
    co_await sum(all);
    [[gsl::suppress("coil-stop-safety")]] co_await coil::with_timeout(1s, sum(all));
}
