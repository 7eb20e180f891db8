// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What coil feels like, in one page. Run it as tour; it prints and ends.
#include <coil/coil.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

//! [concurrency]
coil::task<int> load(int number, std::chrono::milliseconds pause) {
    co_await coil::sleep(pause);
    co_return number;
}

coil::task<> together() {
    auto [user, orders] = co_await coil::join(load(1, 20ms), load(2, 10ms));  // overlap
    auto reply = co_await coil::with_timeout(5ms, load(3, 1h));   // empty: timed out
    auto first = co_await coil::race(load(4, 1h), load(5, 1ms));  // the loser stops
    std::printf("%d %d %s %d\n", user, orders, reply ? "in time" : "late", *first);
}
//! [concurrency]

//! [async drop]
struct connection {
    coil::task<> async_drop() {  // that is all a type needs
        co_await coil::sleep(1ms);
        std::puts("closed");
    }
};

coil::task<> use() {
    co_await coil::with(connection{}, [](connection&) -> coil::task<> {
        std::puts("open");
        co_await coil::sleep(1ms);
    });  // awaited here, whatever happened in the body: return, error or stop
}
//! [async drop]

//! [generator]
coil::generator<int> squares(int count) {
    for (int i = 1; i <= count; ++i) {
        co_await coil::sleep(1ms);
        const int square = i * i;
        co_yield square;
    }
}

coil::task<int> sum() {
    int total = 0;
    auto items = squares(4);
    while (auto item = co_await items.next()) total += *item;
    co_return total;
}
//! [generator]

//! [many threads]
coil::task<> measure(int number, coil::mutex& lock, std::size_t& longest) {
    const std::size_t length = std::to_string(number).size();
    const auto held = co_await lock.lock();  // waits without keeping a thread
    longest = std::max(longest, length);
}

coil::task<std::size_t> longest_of(std::vector<int> numbers) {
    coil::mutex lock;
    std::size_t longest = 0;
    co_await coil::with_group([&](coil::group& group) {  // on all processors
        for (const int number : numbers) group.spawn(measure(number, lock, longest));
    });
    co_return longest;
}

std::size_t many_threads() {
    coil::multi_thread_runtime runtime;
    return runtime.run(longest_of({1, 22, 333})).take();
}
//! [many threads]

coil::task<int> everything() {
    co_await together();
    co_await use();
    co_return co_await sum();
}

int main() {
    std::printf("%d\n", coil::run(everything()));
    std::printf("%zu\n", many_threads());
}
