// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A lock is given back by the thread that took it, so it may not be held by a task that
// moves; nor may what holds it, or refers to it.
#include <coil/core/task.hpp>

#include <mutex>
#include <optional>

using lock = std::unique_lock<std::mutex>;

coil::task<> by_value(lock held) {
    co_return;
}
// expected-error@coil/core/task.hpp:* {{parameter<1, std::unique_lock<std::mutex>>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not}}

coil::task<> by_reference(int, int, const std::optional<lock>& perhaps) {
    co_return;
}
// expected-error@coil/core/task.hpp:* {{parameter<3, const std::optional<std::unique_lock<std::mutex>> &>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not}}

coil::task<> by_pointer(int, int, int, lock* lent) {
    co_return;
}
// expected-error@coil/core/task.hpp:* {{parameter<4, std::unique_lock<std::mutex> *>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not}}

struct account {
    coil::task<> pay(lock& held) { co_return; }
};
// expected-error@coil/core/task.hpp:* {{parameter<2, std::unique_lock<std::mutex> &>::is_sendable': a coil::task may move between threads, and its parameter<number, type> (a member function's object counts) may not}}

coil::local_task<> stays(lock held) {
    co_return;
}
// expected-note@*:* 0+ {{in instantiation of}}
