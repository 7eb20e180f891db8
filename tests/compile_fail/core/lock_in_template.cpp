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
// expected-error@coil/core/detail/parameters.hpp:* {{a coil::task may move between threads, and its parameter 1 (a member function's object counts) may not}}
// expected-note@*:* {{because 'std::unique_lock<std::mutex>' does not satisfy 'sendable'}}
// expected-error@coil/core/detail/parameters.hpp:* {{a coil::task may move between threads, and its parameter 2 (a member function's object counts) may not}}
// expected-note@*:* {{because 'std::lock_guard<std::mutex> &' does not satisfy 'sendable'}}
// expected-note@*:* 2 {{because 'is_sendable_v}}
// expected-note@*:* 0+ {{in instantiation of}}
