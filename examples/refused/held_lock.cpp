// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles without coil-check, and is wrong: act "what does not compile" of ./x run.
#include <coil/core/task.hpp>

#include <mutex>

struct account {
    std::mutex mutex;
    int balance = 0;
};

coil::task<> write_to_ledger(int amount);

coil::task<> deposit(account& to, int amount) {
    const std::lock_guard held(to.mutex);
    co_await write_to_ledger(amount);  // may go on on another thread, which unlocks
    to.balance += amount;
}
