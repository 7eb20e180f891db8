// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/discard.hpp>
#include <coil/sync/detail/ring.hpp>

#include <cstddef>
#include <optional>

namespace coil {

/// Counts of a channel.
struct channel_stats {
    std::size_t size = 0;      ///< Items in the buffer.
    std::size_t capacity = 0;  ///< Items that fit.
};

/// A bounded queue between strands of one runtime: many may send, many may receive,
/// each item goes to one receiver, in order. A full channel makes senders wait.
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
/// Threads: those of one runtime.
/// Allocates: never per item.
template <class T, std::size_t Capacity = 0>
class channel {
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

    channel()
        requires(Capacity > 0)
    = default;
    /// Requires: `capacity` is at least 1.
    explicit channel(std::size_t capacity)
        requires(Capacity == 0)
        : items_(capacity) {
        COIL_EXPECTS(capacity > 0);
    }
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    /// Requires: nobody is waiting.
    ~channel() {
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
    /// Takes an item if there is one that nobody was promised.
    [[nodiscard]] std::optional<T> try_receive();

    /// No more items: senders fail, receivers drain what is left. May be called again.
    void close() noexcept;
    [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }
    [[nodiscard]] channel_stats stats() const noexcept {
        return {items_.size(), items_.capacity()};
    }

private:
    // A woken leaf was promised an item, or room for one, until it runs: newcomers
    // cannot overtake it.
    [[nodiscard]] bool has_free_item() const noexcept {
        return items_.size() > promised_items_;
    }
    [[nodiscard]] bool has_free_room() const noexcept {
        const std::size_t extra = COIL_PLANTED(channel_over_capacity) ? 1 : 0;
        return items_.size() + promised_room_ < items_.capacity() + extra;
    }
    void put(T&& item) {
        items_.push(std::move(item));
        wake_receiver();
    }
    T take() {
        T item = items_.pop();
        wake_sender();
        if (is_closed_ && items_.size() == 0) wake_all_receivers();
        return item;
    }
    void wake_all_receivers() noexcept {
        while (receive_leaf* next = receivers_.pop_front()) next->retry();
    }
    void wake_receiver() noexcept {
        if (!receivers_.is_empty() && has_free_item())
            receivers_.pop_front()->promise();
    }
    void wake_sender() noexcept {
        if (!senders_.is_empty() && has_free_room()) senders_.pop_front()->promise();
    }

    detail::ring<T, Capacity> items_;
    intrusive_list<send_leaf> senders_;
    intrusive_list<receive_leaf> receivers_;
    std::size_t promised_items_ = 0;
    std::size_t promised_room_ = 0;
    bool is_closed_ = false;
};

template <class T, std::size_t Capacity>
inline constexpr bool enable_shareable<channel<T, Capacity>> = false;

/// The leaf behind `channel::send()`.
template <class T, std::size_t Capacity>
class channel<T, Capacity>::send_leaf : public leaf_of<send_leaf>,
                                        public intrusive_list_node {
public:
    static constexpr const char* what = "channel::send";

    send_leaf(channel& to, T&& item) : channel_(to), item_(std::move(item)) {}
    send_leaf(send_leaf&& other)
        : channel_(other.channel_),
          item_(std::move(other.item_)) {
        COIL_EXPECTS(!other.parent());
    }
    /// Whether the item was sent; false if the channel is closed.
    [[nodiscard]] bool await_resume() const noexcept { return was_sent_; }

private:
    friend channel;
    friend leaf_of<send_leaf>;
    void promise() noexcept {
        is_promised_ = true;
        ++channel_.promised_room_;
        this->retry();
    }
    void forget_promise() noexcept {
        if (std::exchange(is_promised_, false)) --channel_.promised_room_;
    }
    [[nodiscard]] bool try_now() noexcept {
        forget_promise();
        if (channel_.is_closed_) return true;
        if (!channel_.has_free_room()) return false;
        channel_.put(std::move(item_));
        return was_sent_ = true;
    }
    void start() noexcept { channel_.senders_.push_back(*this); }
    stop_answer on_stop() noexcept {
        this->leave_list();
        forget_promise();
        channel_.wake_sender();
        return stop_answer::ended;
    }

    channel& channel_;
    T item_;
    bool is_promised_ = false;
    bool was_sent_ = false;
};

/// The leaf behind `channel::receive()`.
template <class T, std::size_t Capacity>
class channel<T, Capacity>::receive_leaf : public leaf_of<receive_leaf>,
                                           public intrusive_list_node {
public:
    static constexpr const char* what = "channel::receive";

    explicit receive_leaf(channel& from) noexcept : channel_(from) {}
    receive_leaf(receive_leaf&& other) noexcept : channel_(other.channel_) {
        COIL_EXPECTS(!other.parent());
    }
    [[nodiscard]] std::optional<T> await_resume() { return std::move(item_); }

private:
    friend channel;
    friend leaf_of<receive_leaf>;
    void promise() noexcept {
        is_promised_ = true;
        ++channel_.promised_items_;
        this->retry();
    }
    void forget_promise() noexcept {
        if (std::exchange(is_promised_, false)) --channel_.promised_items_;
    }
    [[nodiscard]] bool try_now() noexcept {
        forget_promise();
        if (channel_.has_free_item()) {
            item_.emplace(channel_.take());
            return true;
        }
        return channel_.is_closed_ && channel_.items_.size() == 0;
    }
    void start() noexcept { channel_.receivers_.push_back(*this); }
    stop_answer on_stop() noexcept {
        this->leave_list();
        forget_promise();
        channel_.wake_receiver();
        return stop_answer::ended;
    }

    channel& channel_;
    std::optional<T> item_;
    bool is_promised_ = false;
};

template <class T, std::size_t Capacity>
bool channel<T, Capacity>::try_send(T&& item) {
    if (is_closed_ || !has_free_room()) return false;
    put(std::move(item));
    return true;
}

template <class T, std::size_t Capacity>
std::optional<T> channel<T, Capacity>::try_receive() {
    if (!has_free_item()) return std::nullopt;
    return take();
}

template <class T, std::size_t Capacity>
void channel<T, Capacity>::close() noexcept {
    is_closed_ = true;
    while (COIL_PLANTED(close_loses_items) && items_.size() > 0) (void)items_.pop();
    while (send_leaf* next = senders_.pop_front()) next->retry();
    wake_all_receivers();
}

}  // namespace coil
