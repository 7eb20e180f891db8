// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A generic task is checked with the types that it is used with, and a lambda with its
// parameters: what it captured cannot be seen.
#include <coil/core/task.hpp>

#include <mutex>

template <class T>
coil::task<> keep(T value) {
    co_return;
}

class account {
    coil::task<> pay() {
        std::unique_lock<std::mutex> held(guards_);
        co_await keep(1);
        co_await keep(std::move(held));  // expected-note {{in instantiation of function template specialization 'keep<std::unique_lock<std::mutex>>'}}
        auto add = [this](std::lock_guard<std::mutex>&) -> coil::task<> {
            ++sum_;
            co_return;
        };
    }
    std::mutex guards_;
    int sum_ = 0;
};
// expected-error@coil/core/task.hpp:* {{parameter<1, std::unique_lock<std::mutex>>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not}}
// expected-error@coil/core/task.hpp:* {{parameter<2, std::lock_guard<std::mutex> &>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not}}
// expected-note@*:* 0+ {{in instantiation of}}
