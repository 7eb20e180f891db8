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
// expected-error@coil/core/detail/parameters.hpp:* {{and its parameter 1 (a member function's object counts) may not}}
// expected-note@*:* {{because 'std::unique_lock<std::mutex>' does not satisfy 'sendable'}}

coil::task<> by_reference(int, int, const std::optional<lock>& perhaps) {
    co_return;
}
// expected-error@coil/core/detail/parameters.hpp:* {{and its parameter 3 (a member function's object counts) may not}}
// expected-note@*:* {{because 'const std::optional<std::unique_lock<std::mutex>> &' does not satisfy 'sendable'}}

coil::task<> by_pointer(int, int, int, lock* lent) {
    co_return;
}
// expected-error@coil/core/detail/parameters.hpp:* {{and one of its parameters, from the fourth on, may not}}
// expected-note@*:* {{because 'std::unique_lock<std::mutex> *' does not satisfy 'sendable'}}

struct account {
    coil::task<> pay(lock& held) { co_return; }
};
// expected-error@coil/core/detail/parameters.hpp:* {{and its parameter 2 (a member function's object counts) may not}}
// expected-note@*:* {{because 'std::unique_lock<std::mutex> &' does not satisfy 'sendable'}}

coil::local_task<> stays(lock held) {
    co_return;
}
// expected-note@*:* 0+ {{because 'is_sendable_v}}
// expected-note@*:* 0+ {{in instantiation of}}
