// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task's result is held where the task ends, which may be another thread.
#include <coil/core/task.hpp>

#include <mutex>

coil::task<std::unique_lock<std::mutex>> take(std::mutex& guards) {
    co_return std::unique_lock(guards);
}
// expected-error@coil/core/task.hpp:* {{'is_sendable_v<std::unique_lock<std::mutex>>': a coil::task may move between threads, and what this one gives may not: make it a local_task, or give something else}}

coil::local_task<std::unique_lock<std::mutex>> take_here(std::mutex& guards) {
    co_return std::unique_lock(guards);
}
// expected-note@*:* 0+ {{in instantiation of}}
