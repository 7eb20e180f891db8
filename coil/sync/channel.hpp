// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/discard.hpp>
#include <coil/sync/detail/ring.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <cstddef>
#include <optional>

namespace coil {

namespace detail {
/// The words for reports; what is made of a channel has its own.
struct channel_names {
    static constexpr const char* send = "channel::send";
    static constexpr const char* receive = "channel::receive";
};
}  // namespace detail

/// Counts of a channel.
struct channel_stats {
    std::size_t size = 0;      ///< Items in the buffer.
    std::size_t capacity = 0;  ///< Items that fit.
};

/// A bounded queue between strands: many may send, many may receive, each item goes to
/// one receiver, in order. A full channel makes senders wait.
///
/// It is a stream: `while (auto item = co_await queue.next())`.
/// With a `Capacity` its items lie in the object; without one, in a buffer that the
/// constructor allocates.
///
/// \snippet coil/sync/channel_test.cpp  a producer and a consumer
///
/// A type that needs an async drop cannot be sent: a channel that dies with items in
/// it has no place to await their drops.
///
/// Threads: `channel` from any thread, also outside of runtimes; `local::channel`,
/// without atomics, from the strands of one.
/// Allocates: never per item.
template <class T, std::size_t Capacity, flavour F, class Names = detail::channel_names>
class basic_channel {
    static_assert(
        !needs_async_drop<T>,
        "a channel has no place to await the async drop of items that are left "
        "in it: send a handle instead");
    static_assert(std::is_nothrow_move_constructible_v<T>,
                  "an item is moved where no error could be told: its move constructor "
                  "must be noexcept; send a std::unique_ptr to it instead");

public:
    class send_leaf;
    class receive_leaf;
    using value_type = T;

    basic_channel()
        requires(Capacity > 0)
    = default;
    basic_channel()  // it needs a capacity: write channel<T> queue(8)
        requires(Capacity == 0)
    = delete;
    /// Requires: `capacity` is at least 1.
    explicit basic_channel(std::size_t capacity)
        requires(Capacity == 0)
        : items_(capacity) {
        COIL_EXPECTS(capacity > 0);
    }
    basic_channel(const basic_channel&) = delete;
    basic_channel& operator=(const basic_channel&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet.
    ~basic_channel() {
        COIL_EXPECTS(senders_.is_empty() && receivers_.is_empty() &&
                     "a channel died while it was awaited");
    }

    /// Puts an item into the channel, waiting for room. `co_await` gives false if the
    /// channel is closed.
    ///
    /// Stop: an item that was not taken yet is not sent; it dies with the await.
    [[nodiscard]] send_leaf send(T item) { return send_leaf(*this, std::move(item)); }

    /// Takes the oldest item, waiting for one; empty once the channel is closed and
    /// drained.
    ///
    /// Stop: nothing is lost; an item is taken only by a receiver that returns it.
    [[nodiscard]] receive_leaf receive() noexcept { return receive_leaf(*this); }
    [[nodiscard]] receive_leaf next() noexcept { return receive_leaf(*this); }

    /// Sends without waiting. False if there is no room or the channel is closed; then
    /// `item` is unchanged.
    [[nodiscard]] bool try_send(T&& item);
    [[nodiscard]] bool try_send(const T& item)
        requires std::copy_constructible<T>
    {
        return try_send(T(item));
    }
    /// The same, and closes the channel behind the item: only one can be the last.
    [[nodiscard]] bool try_send_last(T&& item);
    /// Takes an item if there is one that nobody was promised.
    [[nodiscard]] std::optional<T> try_receive();

    /// Makes room for so many items, if there was less; senders that wait go on.
    /// Allocates.
    void grow(std::size_t capacity)
        requires(Capacity == 0);

    /// No more items: senders fail, receivers drain what is left. May be called again.
    void close() noexcept;
    [[nodiscard]] bool is_closed() const noexcept {
        const guard held(lock_);
        return is_closed_;
    }
    [[nodiscard]] channel_stats stats() const noexcept {
        const guard held(lock_);
        return {items_.size(), items_.capacity()};
    }

private:
    using guard = holding<lock_of<F>>;
    /// A change under the lock, and whom it wakes, senders first, without the lock.
    struct change {
        explicit change(basic_channel& of) noexcept : held(of.lock_) {}
        detail::wake_list<receive_leaf, F> receivers;
        detail::wake_list<send_leaf, F> senders;
        guard held;
    };

    // A woken leaf was promised an item, or room for one, until it runs: newcomers
    // cannot overtake it.
    [[nodiscard]] bool has_free_item() const noexcept {
        return items_.size() > promised_items_;
    }
    [[nodiscard]] bool has_free_room() const noexcept {
        const std::size_t extra = COIL_PLANTED(channel_over_capacity) ? 1 : 0;
        return items_.size() + promised_room_ < items_.capacity() + extra;
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
        wake_sender(c);
        if (is_drained()) wake_all_receivers(c);
        return item;
    }
    void shut(change& c) noexcept {
        is_closed_ = true;
        while (send_leaf* next = senders_.pop_front()) c.senders.add(*next);
        wake_all_receivers(c);
    }
    void wake_all_receivers(change& c) noexcept {
        while (receive_leaf* next = receivers_.pop_front()) c.receivers.add(*next);
    }
    void wake_receiver(change& c) noexcept {
        if (receivers_.is_empty() || !has_free_item()) return;
        receive_leaf& next = *receivers_.pop_front();
        next.is_promised_ = true;
        ++promised_items_;
        c.receivers.add(next);
    }
    void wake_sender(change& c) noexcept {
        if (senders_.is_empty() || !has_free_room()) return;
        send_leaf& next = *senders_.pop_front();
        next.is_promised_ = true;
        ++promised_room_;
        c.senders.add(next);
    }

    detail::ring<T, Capacity> items_;
    intrusive_list<send_leaf> senders_;
    intrusive_list<receive_leaf> receivers_;
    std::size_t promised_items_ = 0;
    std::size_t promised_room_ = 0;
    bool is_closed_ = false;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

template <class T, std::size_t Capacity, flavour F, class Names>
inline constexpr bool enable_sendable<basic_channel<T, Capacity, F, Names>> =
    F == flavour::movable && sendable<T>;
template <class T, std::size_t Capacity, flavour F, class Names>
inline constexpr bool enable_shareable<basic_channel<T, Capacity, F, Names>> =
    F == flavour::movable && sendable<T>;

/// The leaf behind `channel::send()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class basic_channel<T, Capacity, F, Names>::send_leaf
    : public detail::waiter<send_leaf, F> {
public:
    static constexpr const char* what = Names::send;

    send_leaf(basic_channel& to, T&& item) : channel_(to), item_(std::move(item)) {}
    /// Whether the item was sent; false if the channel is closed.
    [[nodiscard]] bool await_resume() const noexcept { return was_sent_; }

private:
    friend basic_channel;
    friend leaf_of<send_leaf>;
    friend detail::waiter<send_leaf, F>;
    friend detail::wake_list<send_leaf, F>;
    void woken() noexcept { this->retry(); }
    void forget_promise() noexcept {
        if (std::exchange(is_promised_, false)) --channel_.promised_room_;
    }
    [[nodiscard]] bool try_now() noexcept {
        change c(channel_);
        forget_promise();
        if (channel_.is_closed_) return true;
        if (!channel_.has_free_room()) {
            // It waits from this very look on, so none comes between the two.
            if (!COIL_PLANTED(between_is_missed)) channel_.senders_.push_back(*this);
            return false;
        }
        channel_.put(std::move(item_), c);
        return was_sent_ = true;
    }
    void start() noexcept {
        if (!COIL_PLANTED(between_is_missed)) return;
        const guard held(channel_.lock_);
        channel_.senders_.push_back(*this);
    }
    stop_answer on_stop() noexcept {
        change c(channel_);
        if (!this->withdraw()) return stop_answer::later;
        if (COIL_PLANTED(stopped_ones_keep_promises)) return stop_answer::ended;
        forget_promise();
        channel_.wake_sender(c);
        return stop_answer::ended;
    }

    basic_channel& channel_;
    T item_;
    bool is_promised_ = false;
    bool was_sent_ = false;
};

/// The leaf behind `channel::receive()`.
template <class T, std::size_t Capacity, flavour F, class Names>
class basic_channel<T, Capacity, F, Names>::receive_leaf
    : public detail::waiter<receive_leaf, F> {
public:
    static constexpr const char* what = Names::receive;

    explicit receive_leaf(basic_channel& from) noexcept : channel_(from) {}
    [[nodiscard]] std::optional<T> await_resume() { return std::move(item_); }

private:
    friend basic_channel;
    friend leaf_of<receive_leaf>;
    friend detail::waiter<receive_leaf, F>;
    friend detail::wake_list<receive_leaf, F>;
    void woken() noexcept { this->retry(); }
    void forget_promise() noexcept {
        if (std::exchange(is_promised_, false)) --channel_.promised_items_;
    }
    [[nodiscard]] bool try_now() noexcept {
        change c(channel_);
        forget_promise();
        if (channel_.has_free_item()) {
            item_.emplace(channel_.take(c));
            return true;
        }
        if (channel_.is_drained()) return true;
        // It waits from this very look on, so none comes between the two.
        if (!COIL_PLANTED(between_is_missed)) channel_.receivers_.push_back(*this);
        return false;
    }
    void start() noexcept {
        if (!COIL_PLANTED(between_is_missed)) return;
        const guard held(channel_.lock_);
        channel_.receivers_.push_back(*this);
    }
    stop_answer on_stop() noexcept {
        change c(channel_);
        if (!this->withdraw()) return stop_answer::later;
        if (COIL_PLANTED(stopped_ones_keep_promises)) return stop_answer::ended;
        forget_promise();
        channel_.wake_receiver(c);
        return stop_answer::ended;
    }

    basic_channel& channel_;
    std::optional<T> item_;
    bool is_promised_ = false;
};

template <class T, std::size_t Capacity, flavour F, class Names>
bool basic_channel<T, Capacity, F, Names>::try_send(T&& item) {
    change c(*this);
    if (is_closed_ || !has_free_room()) return false;
    put(std::move(item), c);
    return true;
}

template <class T, std::size_t Capacity, flavour F, class Names>
bool basic_channel<T, Capacity, F, Names>::try_send_last(T&& item) {
    change c(*this);
    if (is_closed_ || !has_free_room()) return false;
    put(std::move(item), c);
    shut(c);
    return true;
}

template <class T, std::size_t Capacity, flavour F, class Names>
void basic_channel<T, Capacity, F, Names>::grow(std::size_t capacity)
    requires(Capacity == 0)
{
    detail::ring_slots<T, 0> slots(capacity);  // made, and the old ones freed, unlocked
    change c(*this);
    items_.move_to(slots);
    while (!senders_.is_empty() && has_free_room()) wake_sender(c);
}

template <class T, std::size_t Capacity, flavour F, class Names>
std::optional<T> basic_channel<T, Capacity, F, Names>::try_receive() {
    change c(*this);
    if (!has_free_item()) return std::nullopt;
    return take(c);
}

template <class T, std::size_t Capacity, flavour F, class Names>
void basic_channel<T, Capacity, F, Names>::close() noexcept {
    change c(*this);
    while (COIL_PLANTED(close_loses_items) && items_.size() > 0) (void)items_.pop();
    shut(c);
}

template <class T, std::size_t Capacity = 0>
using channel = basic_channel<T, Capacity, flavour::movable>;

namespace local {
template <class T, std::size_t Capacity = 0>
using channel = basic_channel<T, Capacity, flavour::local>;
}  // namespace local

}  // namespace coil
