// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using namespace std::chrono_literals;

//! [errors]
coil::task<int> parse(std::string text) {
    co_await coil::yield_now();
    if (text.empty()) throw std::invalid_argument("nothing to parse");
    co_return std::stoi(text);
}

coil::task<> errors() {
    try {
        std::printf("%d\n", co_await parse("42"));
        std::printf("%d\n", co_await parse(""));
    } catch (const std::invalid_argument& error) {
        std::printf("caught: %s\n", error.what());
    }
}
//! [errors]

//! [lazy]
coil::task<> say(std::string word) {
    std::printf("%s\n", word.c_str());
    co_return;
}

coil::task<> lazy() {
    coil::task<> later = say("later");  // nothing has run yet
    std::puts("first");
    co_await std::move(later);  // a task is used up: say so with std::move
}
//! [lazy]

//! [results]
coil::task<std::unique_ptr<int>> make_box() {
    co_return std::make_unique<int>(5);
}

coil::task<int&> biggest(int& a, int& b) {
    co_return a > b ? a : b;
}

coil::task<> results() {
    auto box = co_await make_box();
    int a = 1, b = 2;
    (co_await biggest(a, b)) = 10;
    std::printf("%d %d\n", *box, b);
}
//! [results]

//! [blocking]
coil::task<> blocking() {
    int answer = co_await coil::blocking([] {
        std::this_thread::yield();  // stands for a library that blocks its thread
        return 42;
    });
    std::printf("the answer is %d\n", answer);
}
//! [blocking]

//! [chain]
coil::task<> all() {
    co_await errors();
    co_await lazy();
    co_await results();
    co_await blocking();
}

int main() {
    coil::run(all());
    try {
        coil::run(parse(""));
    } catch (const std::exception& error) {
        std::printf("run threw: %s\n", error.what());
    }
}
//! [chain]
