// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/base/planted.hpp>
#include <coil/sync/detail/ring.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace coil::detail {

/// What the channels are made of: a ring of items, and who waits for one, for room, or
/// for the end; each first come first served. A woken leaf was promised an item, or
/// room, until it runs: newcomers cannot overtake it. `Names` has the words for
/// reports.
template <class T, std::size_t Capacity, flavour F, class Names>
class queue {
public:
    class room_leaf;
    class send_leaf;
    class reserve_leaf;
    class permit;
    class item_leaf;
    class receive_leaf;
    class receive_many_leaf;
    class closed_leaf;

    queue()
        requires(Capacity > 0)
    = default;
    explicit queue(std::size_t capacity)
        requires(Capacity == 0)
        : items_(capacity) {}
    queue(const queue&) = delete;
    queue& operator=(const queue&) = delete;
    ~queue() {
        COIL_EXPECTS(senders_.is_empty() && receivers_.is_empty() &&
                     closing_.is_empty() && "a channel died while it was awaited");
        COIL_EXPECTS(promised_room_ == 0 && "a channel died before its permits");
    }

    [[nodiscard]] bool try_put(T&& item) {
        change c(*this);
        if (is_closed_ || !has_free_room()) return false;
        put(std::move(item), c);
        return true;
    }
    [[nodiscard]] bool try_put_last(T&& item) {
        wake_list<closed_leaf, F> told;
        change c(*this);
        if (is_closed_ || !has_free_room()) return false;
        put(std::move(item), c);
        shut(c, told);
        return true;
    }
    [[nodiscard]] std::optional<T> try_take() {
        change c(*this);
        if (!has_free_item()) return std::nullopt;
        return take(c);
    }
    [[nodiscard]] bool put_reserved(T&& item) {
        change c(*this);
        if (is_closed_) return false;
        --promised_room_;
        put(std::move(item), c);
        return true;
    }
    void give_room_back(std::size_t count) noexcept {
        change c(*this);
        promised_room_ -= count;
        wake_senders(c);
    }
    [[nodiscard]] std::optional<permit> try_reserve(std::size_t count) noexcept {
        const guard held(lock_);
        if (is_closed_) return std::nullopt;
        const std::size_t kept = promise_room(count);
        if (kept == count) return permit(*this, count);
        promised_room_ -= kept;
        return std::nullopt;
    }
    void grow(std::size_t capacity) {
        ring_slots<T, Capacity> slots(
            capacity);  // made, and the old ones freed, unlocked
        change c(*this);
        items_.move_to(slots);
        wake_senders(c);
    }
    void close() noexcept {
        wake_list<closed_leaf, F> told;
        change c(*this);
        while (COIL_PLANTED(close_loses_items) && items_.size() > 0) (void)items_.pop();
        shut(c, told);
    }
    [[nodiscard]] bool is_closed() const noexcept {
        const guard held(lock_);
        return is_closed_;
    }
    template <class Stats>
    [[nodiscard]] Stats stats() const noexcept {
        const guard held(lock_);
        return {items_.size(), items_.capacity()};
    }

private:
    using guard = holding<lock_of<F>>;
    /// A change under the lock, and whom it wakes, senders first, without the lock.
    struct change {
        explicit change(queue& of) noexcept : held(of.lock_) {}
        wake_list<item_leaf, F> receivers;
        wake_list<room_leaf, F> senders;
        guard held;
    };

    [[nodiscard]] bool has_free_item() const noexcept {
        return items_.size() > promised_items_;
    }
    [[nodiscard]] bool has_free_room() const noexcept {
        const std::size_t extra = COIL_PLANTED(channel_over_capacity) ? 1 : 0;
        return items_.size() + promised_room_ < items_.capacity() + extra;
    }
    // As much as is free; returns how much.
    std::size_t promise_room(std::size_t count) noexcept {
        const std::size_t free = items_.capacity() - items_.size() - promised_room_;
        const std::size_t promised = std::min(count, free);
        promised_room_ += promised;
        return promised;
    }
    [[nodiscard]] bool is_drained() const noexcept {
        return is_closed_ && items_.size() == 0;
    }
    void put(T&& item, change& c) {
        items_.push(std::move(item));
        wake_receiver(c);
    }
    T take(change& c) {
        T item = items_.pop();
        taken(c);
        return item;
    }
    void taken(change& c) noexcept {
        wake_senders(c);
        if (is_drained()) wake_all_receivers(c);
    }
    void shut(change& c, wake_list<closed_leaf, F>& told) noexcept {
        is_closed_ = true;
        while (room_leaf* next = senders_.pop_front()) c.senders.add(*next);
        while (closed_leaf* next = closing_.pop_front()) told.add(*next);
        wake_all_receivers(c);
    }
    void wake_all_receivers(change& c) noexcept {
        while (item_leaf* next = receivers_.pop_front()) c.receivers.add(*next);
    }
    void wake_receiver(change& c) noexcept {
        if (receivers_.is_empty() || !has_free_item()) return;
        item_leaf& next = *receivers_.pop_front();
        next.is_promised_ = true;
        ++promised_items_;
        c.receivers.add(next);
    }
    void wake_senders(change& c) noexcept {
        if (!senders_.is_empty()) hand_out_room(c);
    }
    // The first in line gets all that is free until it has enough.
    COIL_NOINLINE void hand_out_room(change& c) noexcept {
        while (has_free_room()) {
            room_leaf* const next = senders_.front();
            if (next == nullptr) return;
            next->promised_ += promise_room(next->wanted_ - next->promised_);
            if (next->promised_ < next->wanted_) return;
            senders_.pop_front();
            c.senders.add(*next);
        }
    }

    ring<T, Capacity> items_;
    intrusive_list<room_leaf> senders_;
    intrusive_list<item_leaf> receivers_;
    intrusive_list<closed_leaf> closing_;
    std::size_t promised_items_ = 0;
    std::size_t promised_room_ = 0;
    bool is_closed_ = false;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

}  // namespace coil::detail
