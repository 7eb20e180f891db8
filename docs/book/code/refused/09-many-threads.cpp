// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task.hpp>

#include <mutex>

//! [lock]
coil::task<> write_down(int amount);

coil::task<> deposit(std::mutex& mutex, int& balance, int amount) {
    const std::lock_guard held(mutex);
    co_await write_down(amount);  // may go on on another thread, which unlocks
    balance += amount;
}
//! [lock]
