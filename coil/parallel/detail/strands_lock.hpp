// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/spin_lock.hpp>

namespace coil::detail {

/// Guards what strands share, and is nothing where all of them have one thread.
class strands_lock {
public:
    explicit strands_lock(bool has_threads = false) noexcept
        : has_threads_(has_threads) {}

    /// Before others see it.
    void expect_threads(bool has_threads) noexcept { has_threads_ = has_threads; }
    [[nodiscard]] bool has_threads() const noexcept { return has_threads_; }

    void lock() noexcept {
        if (has_threads_) lock_between_threads();
    }
    void unlock() noexcept {
        if (has_threads_) lock_.unlock();
    }

private:
    // Never inlined: tests/law9 sees by its name that no other path locks.
    [[gnu::noinline]] void lock_between_threads() noexcept { lock_.lock(); }

    spin_lock lock_;
    bool has_threads_;
};

}  // namespace coil::detail
