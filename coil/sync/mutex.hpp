// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/sync/detail/permits.hpp>

namespace coil {

/// Only one strand at a time is past `co_await lock()`, until what that gave has ended:
/// for what must stay whole across an await. Between two awaits a `std::mutex` is
/// cheaper; held across one it would block the thread.
///
/// First come first served: it goes from hand to hand.
///
/// \snippet coil/sync/mutex_test.cpp  one at a time
///
/// Threads: `mutex` from any thread; `local::mutex`, without atomics, from the strands
/// of one.
/// Memory: what precedes an unlock is visible after the lock that follows.
/// Allocates: never; a waiting leaf is queued inside its own frame.
template <flavour F>
class basic_mutex {
    struct name {
        static constexpr const char* what = "mutex";
        static constexpr bool is_lock = true;
        static constexpr bool has_readers = false;
    };
    using permits = detail::permits<F, name>;

public:
    /// Holds the mutex; unlocks it when it ends.
    using guard = typename permits::held;
    static constexpr bool is_local = F == flavour::local;
    using lock_leaf = typename permits::wait_leaf;

    basic_mutex() noexcept : one_(1) {}

    /// Waits for the mutex. `co_await` gives a `guard`.
    ///
    /// Stop: leaves the line; who has been given it keeps it.
    [[nodiscard]] COIL_LOCKS lock_leaf lock() noexcept { return {one_, 1}; }
    /// Locks it if it is free and nobody waits.
    [[nodiscard]] std::optional<guard> try_lock() noexcept { return one_.try_take(1); }

private:
    permits one_;
};

/// Many may read, or one may write: see `basic_mutex`.
///
/// First come first served: a writer that waits holds later readers back, so that it is
/// not starved. Who has written may go on as a reader, and no other writer comes in
/// between: by its guard's `downgrade()`.
///
/// \snippet coil/sync/mutex_test.cpp  readers and a writer
///
/// \snippet coil/sync/mutex_test.cpp  goes on as a reader
///
/// Threads, Memory, Allocates: as `basic_mutex`.
template <flavour F>
class basic_shared_mutex {
    struct name {
        static constexpr const char* what = "shared_mutex";
        static constexpr bool is_lock = true;
        static constexpr bool has_readers = true;
    };
    using permits = detail::permits<F, name>;
    static constexpr std::size_t all = static_cast<std::size_t>(-1) / 2;

public:
    /// Holds the mutex, shared or alone; unlocks it when it ends. `downgrade()` makes
    /// one that holds it alone share it.
    using guard = typename permits::held;
    static constexpr bool is_local = F == flavour::local;
    using lock_leaf = typename permits::wait_leaf;

    basic_shared_mutex() noexcept : permits_(all) {}

    /// Waits until nobody else has it.
    ///
    /// Stop: leaves the line; who has been given it keeps it.
    [[nodiscard]] COIL_LOCKS lock_leaf lock() noexcept { return {permits_, all}; }
    /// Waits until no writer has it, nor waits before us. Stop: as `lock()`.
    [[nodiscard]] COIL_LOCKS_SHARED lock_leaf lock_shared() noexcept {
        return {permits_, 1};
    }
    [[nodiscard]] std::optional<guard> try_lock() noexcept {
        return permits_.try_take(all);
    }
    [[nodiscard]] std::optional<guard> try_lock_shared() noexcept {
        return permits_.try_take(1);
    }

private:
    permits permits_;
};

using mutex = basic_mutex<flavour::movable>;
using shared_mutex = basic_shared_mutex<flavour::movable>;

namespace local {
using mutex = basic_mutex<flavour::local>;
using shared_mutex = basic_shared_mutex<flavour::local>;
}  // namespace local

}  // namespace coil
