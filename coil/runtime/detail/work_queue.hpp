// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/strand.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace coil::detail {

/// First in, first out, of strands whose turn is to come, bounded: one worker fills and
/// empties it, others steal half of it at once.
///
/// After the run queues of Go's scheduler: positions count up for ever, whoever moves
/// `head_` has what lay there.
///
/// Threads: `push` and `pop` from the owner's; the rest from any.
class work_queue {
public:
    static constexpr std::uint32_t places = 256;

    work_queue() = default;
    work_queue(const work_queue&) = delete;
    work_queue& operator=(const work_queue&) = delete;

    /// False: it is full.
    [[nodiscard]] bool push(strand& ready) noexcept {
        // acquire: pairs with steal_into(), which has read the places before head.
        const std::uint32_t head = head_.load(std::memory_order_acquire);
        const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // our own
        if (tail - head == places) return false;
        // relaxed: published by the tail.
        slots_[tail % places].store(&ready, std::memory_order_relaxed);
        // release: pairs with the acquire in steal_into().
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    /// The oldest, or null.
    [[nodiscard]] strand* pop() noexcept {
        std::uint32_t head = head_.load(std::memory_order_relaxed);
        const std::uint32_t tail = tail_.load(std::memory_order_relaxed);  // our own
        while (head != tail) {
            // relaxed: we stored it, or a thief takes it and the exchange fails.
            strand* const oldest =
                slots_[head % places].load(std::memory_order_relaxed);
            // relaxed: thieves learn nothing from it, but that it has moved.
            if (head_.compare_exchange_weak(head, head + 1, std::memory_order_relaxed))
                return oldest;
        }
        return nullptr;
    }

    /// Moves the older half of it into `mine`, the thief's own, which is empty. Returns
    /// one of them, or null if there was none.
    [[nodiscard]] strand* steal_into(work_queue& mine) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept {
        // acquire: whoever finds it empty has seen all that was taken.
        const std::uint32_t head = head_.load(std::memory_order_acquire);
        return tail_.load(std::memory_order_acquire) - head;
    }

private:
    static constexpr std::size_t line = 64;  // bytes of a cache line
    alignas(line) std::atomic<std::uint32_t> head_ = 0;
    alignas(line) std::atomic<std::uint32_t> tail_ = 0;
    alignas(line) std::atomic<strand*> slots_[places] = {};
};

inline strand* work_queue::steal_into(work_queue& mine) noexcept {
    const std::uint32_t at = mine.tail_.load(std::memory_order_relaxed);  // our own
    // acquire: as in push().
    std::uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
        // acquire: pairs with the release in push(), so that we see the places.
        const std::uint32_t size = tail_.load(std::memory_order_acquire) - head;
        if (size == 0) return nullptr;
        const std::uint32_t taken = size - size / 2;
        if (taken > places / 2) {  // head and tail are of different times
            head = head_.load(std::memory_order_acquire);
            continue;
        }
        strand* first = slots_[head % places].load(std::memory_order_relaxed);
        for (std::uint32_t i = 1; i < taken; ++i) {
            // relaxed: what the exchange below confirms was there.
            strand* const moved =
                slots_[(head + i) % places].load(std::memory_order_relaxed);
            mine.slots_[(at + i - 1) % places].store(moved, std::memory_order_relaxed);
        }
        // acq_rel: acquire as above; release: pairs with push(), which fills the
        // places.
        if (head_.compare_exchange_weak(head, head + taken, std::memory_order_acq_rel,
                                        std::memory_order_acquire)) {
            // release: others may steal them from us.
            const std::uint32_t lost = COIL_PLANTED(thieves_lose_one) && taken > 1;
            mine.tail_.store(at + taken - 1 - lost, std::memory_order_release);
            return first;
        }
    }
}

}  // namespace coil::detail
