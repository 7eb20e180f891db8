// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/atomic.hpp>
#include <coil/base/planted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace coil {
class strand;
}

namespace coil::detail {

/// First in, first out, of strands whose turn is to come, bounded: one worker fills and
/// empties it, others steal half of it at once.
///
/// After the run queues of Go's scheduler: positions count up for ever, whoever moves
/// `head_` has what lay there.
///
/// Threads: `push`, `pop` and `give_half` from the owner's; the rest from any.
template <class Strand, std::uint32_t Places>
class basic_work_queue {
public:
    static constexpr std::uint32_t places = Places;

    basic_work_queue() = default;
    basic_work_queue(const basic_work_queue&) = delete;
    basic_work_queue& operator=(const basic_work_queue&) = delete;

    /// False: it is full.
    [[nodiscard]] bool push(Strand& ready) noexcept {
        // acquire: pairs with steal_into(), which has read the places before the head.
        const std::uint32_t head = head_.load(memory_order_acquire);
        const std::uint32_t tail = tail_.load(memory_order_relaxed);  // our own
        if (tail - head == places) return false;
        // relaxed: published by the tail.
        slots_[tail % places].store(&ready, memory_order_relaxed);
        // release: pairs with the acquire in steal_into().
        tail_.store(tail + 1, memory_order_release);
        return true;
    }

    /// The oldest, or null.
    [[nodiscard]] Strand* pop() noexcept {
        std::uint32_t head = head_.load(memory_order_relaxed);
        const std::uint32_t tail = tail_.load(memory_order_relaxed);  // our own
        while (head != tail) {
            // relaxed: we stored it, or a thief takes it and the exchange fails.
            Strand* const oldest = slots_[head % places].load(memory_order_relaxed);
            // release: a thief that sees it moved sees a tail that is not before it.
            if (head_.compare_exchange_weak(head, head + 1, memory_order_release))
                return oldest;
        }
        return nullptr;
    }

    /// Gives the older half of it away, the oldest first.
    template <class Give>
    void give_half(const Give& give) noexcept {
        std::uint32_t head = head_.load(memory_order_relaxed);
        const std::uint32_t tail = tail_.load(memory_order_relaxed);  // our own
        std::uint32_t given = 0;
        do {
            given = (tail - head) / 2;
            // release: as in pop().
        } while (
            !head_.compare_exchange_weak(head, head + given, memory_order_release));
        for (std::uint32_t i = 0; i < given; ++i) {
            // relaxed: we stored it, and nobody else fills the place.
            give(*slots_[(head + i) % places].load(memory_order_relaxed));
        }
    }

    /// Moves the older half of it, `most` at most, into `mine`, the thief's own, which
    /// is empty. Returns one of them, or null if there was none.
    [[nodiscard]] Strand* steal_into(basic_work_queue& mine,
                                     std::uint32_t most = places) noexcept;

    [[nodiscard]] std::uint32_t size() const noexcept {
        // acquire: whoever finds it empty has seen all that was taken.
        const std::uint32_t head = head_.load(memory_order_acquire);
        return tail_.load(memory_order_acquire) - head;
    }

private:
    static constexpr std::size_t line = 64;  // bytes of a cache line
    alignas(line) atomic<std::uint32_t> head_ = 0;
    alignas(line) atomic<std::uint32_t> tail_ = 0;
    alignas(line) atomic<Strand*> slots_[places] = {};
};

template <class Strand, std::uint32_t Places>
Strand* basic_work_queue<Strand, Places>::steal_into(basic_work_queue& mine,
                                                     std::uint32_t most) noexcept {
    const std::uint32_t at = mine.tail_.load(memory_order_relaxed);  // our own
    // relaxed: where it does not fit to the tail it is looked at again.
    std::uint32_t head = head_.load(memory_order_relaxed);
    for (;;) {
        // acquire: pairs with the release in push(), so that we see the places.
        const std::uint32_t size = tail_.load(memory_order_acquire) - head;
        if (size == 0) return nullptr;
        const std::uint32_t half = size - size / 2;
        if (half > places / 2) {  // head and tail are of different times
            // acquire: pairs with pop() and with other thieves, so the tail fits then.
            head = head_.load(memory_order_acquire);
            continue;
        }
        const std::uint32_t taken = std::min(half, most);
        Strand* first = slots_[head % places].load(memory_order_relaxed);
        for (std::uint32_t i = 1; i < taken; ++i) {
            // relaxed: what the exchange below confirms was there.
            Strand* const moved =
                slots_[(head + i) % places].load(memory_order_relaxed);
            mine.slots_[(at + i - 1) % places].store(moved, memory_order_relaxed);
        }
        // release: pairs with push(), which fills the places, and with other thieves.
        if (head_.compare_exchange_weak(head, head + taken, memory_order_release)) {
            // release: others may steal them from us.
            const std::uint32_t lost = COIL_PLANTED(thieves_lose_one) && taken > 1;
            mine.tail_.store(at + taken - 1 - lost, memory_order_release);
            return first;
        }
    }
}

using work_queue = basic_work_queue<strand, 256>;

}  // namespace coil::detail
