// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

//! [safe]
coil::task<> safe() {
    int total = 0;
    co_await coil::with_group([&](coil::group& group) -> coil::task<> {
        co_await coil::sleep(1ms);  // this lambda is kept as long as its task runs
        group.spawn(coil::call_once([&total]() -> coil::task<> {
            co_await coil::sleep(1ms);
            total += 1;
        }));
    });
    std::printf("total %d\n", total);
}
//! [safe]

//! [named]
coil::task<> named() {
    int calls = 0;
    auto work = [&calls](int amount) -> coil::task<int> {
        co_await coil::sleep(1ms);
        calls += 1;
        co_return amount * 2;
    };
    auto [a, b] = co_await coil::join(work(1), work(2));  // `work` outlives both
    std::printf("%d %d, %d calls\n", a, b, calls);
}
//! [named]

//! [generic]
template <coil::async_fn<int(const std::string&)> F>
auto sum_of(std::vector<std::string> words, F measure)
    -> coil::maybe_task<int, coil::call_result_t<F&, const std::string&>> {
    int sum = 0;
    for (const std::string& word : words) sum += co_await coil::settle(measure, word);
    co_return sum;
}

coil::task<> generic() {
    const std::vector<std::string> words{"one", "three"};
    auto length = [](const std::string& word) { return static_cast<int>(word.size()); };
    auto slow_length = [](const std::string& word) -> coil::task<int> {
        co_await coil::sleep(1ms);
        co_return static_cast<int>(word.size());
    };
    const int at_once = sum_of(words, length);
    std::printf("%d %d\n", at_once, co_await sum_of(words, slow_length));
}
//! [generic]

//! [erased]
using command = coil::async_function<std::string(std::string)>;

coil::task<std::string> run_command(std::map<std::string, command>& table,
                                    std::string name, std::string argument) {
    auto found = table.find(name);
    if (found == table.end()) co_return "no such command";
    co_return co_await found->second(std::move(argument));
}

coil::task<> erased() {
    std::map<std::string, command> table;
    table["echo"] = [](std::string text) { return text; };
    table["slow"] = [](std::string text) -> coil::task<std::string> {
        co_await coil::sleep(1ms);
        co_return text + ", at last";
    };
    for (std::string name : {"echo", "slow", "none"}) {
        std::string answer = co_await run_command(table, name, "hello");
        std::printf("%s: %s\n", name.c_str(), answer.c_str());
    }
}
//! [erased]

//! [borrowed]
coil::task<int> twice(coil::async_function_ref<int(int)> f, int value) {
    const int once = co_await f(value);
    co_return co_await f(once);
}

coil::task<> borrowed() {
    auto add_ten = [](int value) { return value + 10; };
    std::printf("%d\n", co_await twice(add_ten, 1));
}
//! [borrowed]

//! [retry]
template <class F>
using gives_t = coil::await_result_t<coil::call_result_t<F&>>;

template <class F>
coil::task<gives_t<F>> retry(F work, int tries_max) {
    for (int tries = 1;; ++tries) {
        try {
            co_return co_await work();
        } catch (const std::runtime_error&) {
            if (tries == tries_max) throw;
        }
        co_await coil::sleep(tries * 10ms);  // behind the catch
    }
}

coil::task<> retried() {
    int calls = 0;
    auto flaky = [&calls]() -> coil::task<std::string> {
        calls += 1;
        if (calls < 3) throw std::runtime_error("not yet");
        co_return "call " + std::to_string(calls);
    };
    std::puts((co_await retry(flaky, 5)).c_str());
}
//! [retry]

coil::task<> all() {
    co_await safe();
    co_await named();
    co_await generic();
    co_await erased();
    co_await borrowed();
    co_await retried();
}

int main() {
    coil::run(all());
}
