// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>
#include <coil/sync/detail/ring.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace coil {

/// What a receiver of a broadcast gets.
template <class T>
struct broadcast_item {
    T item;
    /// How many items before this one came and went unseen, as the receiver was slow.
    std::uint64_t lagged = 0;
};

/// Items that every receiver sees, each a copy of its own: news, as they come. To send
/// never waits: the last `capacity` items are kept, and a receiver that is slower hears
/// how many it has missed, and goes on with the oldest that is kept.
///
/// Where each item is for one receiver, or none may be missed, use `channel`; where
/// only the latest value counts, `watch`. Items are copied while others are kept out:
/// what is big is best sent as a `std::shared_ptr`.
///
/// \snippet coil/sync/broadcast_test.cpp  news for everybody
///
/// With a `Capacity` its items lie in the object; without one, in a buffer that the
/// constructor allocates.
///
/// Threads: `broadcast` from any thread, also outside of runtimes; `local::broadcast`,
/// without atomics, from the strands of one. A receiver: from one strand at a time.
/// Memory: what precedes `send()` is visible to who receives the item.
/// Allocates: never per item.
template <class T, std::size_t Capacity, flavour F>
class basic_broadcast {
    static_assert(
        !needs_async_drop<T>,
        "a broadcast has no place to await the async drop of items: send a handle");
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "an item is moved where no error could be told: its move constructor "
                  "must be noexcept; send a std::shared_ptr to it instead");
    static constexpr bool has_copies = std::is_copy_constructible_v<T>;
    static_assert(has_copies,
                  "each receiver of a broadcast gets a copy of the item, and this one "
                  "cannot be copied: send a std::shared_ptr to it instead, or use a "
                  "channel, where each item is for one receiver");

public:
    class receiver;
    class receive_leaf;
    using value_type = T;

    basic_broadcast()
        requires(Capacity > 0)
    = default;
    /// Requires: `capacity` is at least 1.
    explicit basic_broadcast(std::size_t capacity)
        requires(Capacity == 0)
        : items_(capacity) {
        COIL_EXPECTS(capacity > 0);
    }
    basic_broadcast(const basic_broadcast&) = delete;
    basic_broadcast& operator=(const basic_broadcast&) = delete;
    /// Requires: its receivers have ended.
    ~basic_broadcast() {
        COIL_EXPECTS(receivers_ == 0 && "a broadcast died before its receivers");
    }

    /// A receiver of all that is sent from now on.
    [[nodiscard]] receiver subscribe() noexcept { return receiver(*this); }
    /// How many receivers there are.
    [[nodiscard]] std::size_t receivers() const noexcept {
        const guard held(lock_);
        return receivers_;
    }

    /// Gives the item to all receivers. False if it is closed.
    bool send(T item) {
        std::optional<T> replaced;  // ends without the lock
        detail::wake_list<receive_leaf, F> woken;
        const guard held(lock_);
        if (is_closed_) return false;
        if (items_.size() == items_.capacity()) {
            replaced.emplace(items_.pop());
            ++first_;
        }
        items_.push(std::move(item));
        wake_all(woken);
        return true;
    }

    /// No more items: receivers get what is left for them. May be called again.
    void close() noexcept {
        detail::wake_list<receive_leaf, F> woken;
        const guard held(lock_);
        is_closed_ = true;
        wake_all(woken);
    }
    [[nodiscard]] bool is_closed() const noexcept {
        const guard held(lock_);
        return is_closed_;
    }

private:
    using guard = holding<lock_of<F>>;
    [[nodiscard]] std::uint64_t end() const noexcept { return first_ + items_.size(); }
    void wake_all(detail::wake_list<receive_leaf, F>& woken) noexcept {
        while (receive_leaf* next = waiters_.pop_front()) woken.add(*next);
    }

    detail::ring<T, Capacity> items_;
    std::uint64_t first_ = 0;  // items are counted: the oldest that is kept
    std::size_t receivers_ = 0;
    intrusive_list<receive_leaf> waiters_;
    bool is_closed_ = false;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

template <class T, std::size_t Capacity, flavour F>
inline constexpr bool enable_sendable<basic_broadcast<T, Capacity, F>> =
    F == flavour::movable && sendable<T>;
template <class T, std::size_t Capacity, flavour F>
inline constexpr bool enable_shareable<basic_broadcast<T, Capacity, F>> =
    F == flavour::movable && sendable<T>;

/// Gets every item that is sent while it lives. It is a stream.
///
/// Requires: its broadcast lives longer; it is not moved while it is awaited.
template <class T, std::size_t Capacity, flavour F>
class [[nodiscard]] basic_broadcast<T, Capacity, F>::receiver {
public:
    using value_type = broadcast_item<T>;
    static constexpr bool is_local = F == flavour::local;

    receiver(receiver&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)),
          next_(other.next_) {}
    receiver& operator=(receiver&&) = delete;
    ~receiver() {
        if (of_ == nullptr) return;
        const guard held(of_->lock_);
        --of_->receivers_;
    }

    /// Waits for the next item. `co_await` gives it in an `optional`, which is empty
    /// once the broadcast is closed and nothing is left.
    ///
    /// Stop: nothing is lost. Errors: those of copying the item, which stays.
    [[nodiscard]] receive_leaf receive() noexcept { return receive_leaf(*this); }
    [[nodiscard]] receive_leaf next() noexcept { return receive_leaf(*this); }

private:
    friend basic_broadcast;
    friend receive_leaf;
    explicit receiver(basic_broadcast& of) noexcept : of_(&of) {
        const guard held(of.lock_);
        ++of.receivers_;
        next_ = of.end();
    }
    [[nodiscard]] bool has_news() const noexcept {
        return next_ != of_->end() || of_->is_closed_;
    }
    std::optional<broadcast_item<T>> take() {
        const guard held(of_->lock_);
        if (next_ == of_->end()) return std::nullopt;
        const std::uint64_t at = std::max(next_, of_->first_);
        const auto index = static_cast<std::size_t>(at - of_->first_);
        if constexpr (has_copies) {
            broadcast_item<T> taken{of_->items_[index], at - next_};
            next_ = at + 1;
            return taken;
        }
    }

    basic_broadcast* of_;
    std::uint64_t next_;
};

/// The leaf behind a broadcast's `receive()`.
template <class T, std::size_t Capacity, flavour F>
class basic_broadcast<T, Capacity, F>::receive_leaf
    : public detail::waiter<receive_leaf, F> {
public:
    static constexpr const char* what = "broadcast::receive";

    explicit receive_leaf(receiver& by) noexcept : by_(by) {}
    /// Takes the item only here, as to copy it may fail. What is there stays there.
    [[nodiscard]] std::optional<broadcast_item<T>> await_resume() { return by_.take(); }

private:
    friend leaf_of<receive_leaf>;
    friend detail::waiter<receive_leaf, F>;
    friend detail::wake_list<receive_leaf, F>;
    [[nodiscard]] bool try_now() const noexcept {
        const guard held(by_.of_->lock_);
        return by_.has_news();
    }
    void start() noexcept {
        if (!begin_to_wait()) this->retry();
    }
    // False: something came since it looked.
    bool begin_to_wait() noexcept {
        const guard held(by_.of_->lock_);
        if (F == flavour::movable && by_.has_news() && !COIL_PLANTED(between_is_missed))
            return false;
        by_.of_->waiters_.push_back(*this);
        return true;
    }
    void woken() noexcept { this->retry(); }
    stop_answer on_stop() noexcept {
        const guard held(by_.of_->lock_);
        return this->withdraw() ? stop_answer::ended : stop_answer::later;
    }

    receiver& by_;
};

template <class T, std::size_t Capacity = 0>
using broadcast = basic_broadcast<T, Capacity, flavour::movable>;

namespace local {
template <class T, std::size_t Capacity = 0>
using broadcast = basic_broadcast<T, Capacity, flavour::local>;
}  // namespace local

}  // namespace coil
