// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <type_traits>

namespace coil {

/// As std's, which is not taken from there: <atomic> takes longer to compile than all
/// of the core.
enum class memory_order : int {
    relaxed = __ATOMIC_RELAXED,
    acquire = __ATOMIC_ACQUIRE,
    release = __ATOMIC_RELEASE,
    acq_rel = __ATOMIC_ACQ_REL,
    seq_cst = __ATOMIC_SEQ_CST,
};
// Their short names, as std has them. Each use says what it pairs with.
inline constexpr memory_order memory_order_relaxed = memory_order::relaxed;
inline constexpr memory_order memory_order_acquire = memory_order::acquire;
inline constexpr memory_order memory_order_release = memory_order::release;
inline constexpr memory_order memory_order_acq_rel = memory_order::acq_rel;

#if defined(COIL_MODELLED)

}  // namespace coil

#include "modelled_atomic.hpp"

#else

/// A word that threads share: what `std::atomic` offers and we need of it, each time
/// with its order. tests/models runs what is written with it in every way that the
/// memory model allows.
template <class T>
class atomic {
    static_assert(std::is_trivially_copyable_v<T> &&
                  sizeof(T) <= sizeof(std::uint64_t));

public:
    constexpr atomic() noexcept = default;
    constexpr atomic(T initial) noexcept : word_(initial) {}
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    [[nodiscard]] T load(memory_order order) const noexcept {
        return __atomic_load_n(&word_, static_cast<int>(order));
    }
    void store(T value, memory_order order) noexcept {
        __atomic_store_n(&word_, value, static_cast<int>(order));
    }
    T exchange(T value, memory_order order) noexcept {
        return __atomic_exchange_n(&word_, value, static_cast<int>(order));
    }
    T fetch_add(T more, memory_order order) noexcept {
        return __atomic_fetch_add(&word_, more, static_cast<int>(order));
    }
    T fetch_sub(T less, memory_order order) noexcept {
        return __atomic_fetch_sub(&word_, less, static_cast<int>(order));
    }
    /// A failure reads with `relaxed`, as does one of `compare_exchange_strong`.
    bool compare_exchange_weak(T& seen, T wanted, memory_order order) noexcept {
        return __atomic_compare_exchange_n(&word_, &seen, wanted, true,
                                           static_cast<int>(order), __ATOMIC_RELAXED);
    }
    bool compare_exchange_strong(T& seen, T wanted, memory_order order) noexcept {
        return __atomic_compare_exchange_n(&word_, &seen, wanted, false,
                                           static_cast<int>(order), __ATOMIC_RELAXED);
    }

private:
    T word_ = {};
};

}  // namespace coil

#endif
