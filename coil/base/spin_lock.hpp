// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/atomic.hpp>

namespace coil {

/// Held for a few instructions only, in what is too small for a mutex.
class spin_lock {
public:
    spin_lock() = default;
    spin_lock(const spin_lock&) = delete;
    spin_lock& operator=(const spin_lock&) = delete;

    void lock() noexcept {
        // acquire: pairs with the release in unlock().
        while (is_held_.exchange(true, memory_order_acquire)) [[unlikely]]
            wait();
    }
    void unlock() noexcept {
        // release: pairs with the acquire in lock(). The last touch of the lock: who
        // takes it next may end it.
        is_held_.store(false, memory_order_release);
    }

    /// For one who knows that nobody takes it any more: whether it was not given back.
    [[nodiscard]] bool is_held() const noexcept {
        // acquire: pairs with the release in unlock().
        return is_held_.load(memory_order_acquire);
    }

    /// What to do while a lock stays held for long, as its holder may have lost its
    /// processor: an operating system's way to give this one to others.
    static void set_patience(void (*give_way_to_others)() noexcept) noexcept;

private:
    void wait() const noexcept;
    atomic<bool> is_held_ = false;
};

/// Holds a lock until its end: std::lock_guard without <mutex>, which has threads in
/// it.
template <class Lock>
class holding {
public:
    explicit holding(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }
    holding(const holding&) = delete;
    holding& operator=(const holding&) = delete;
    ~holding() { lock_.unlock(); }

private:
    Lock& lock_;
};

/// Guards what strands share, and is nothing where all of them have one thread, which
/// their types cannot tell.
class optional_lock {
public:
    explicit optional_lock(bool has_threads = false) noexcept
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

/// In its place where only one thread comes.
class no_lock {
public:
    void lock() noexcept {}
    void unlock() noexcept {}
};

}  // namespace coil
