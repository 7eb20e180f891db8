// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/discard.hpp>
#include <coil/sync/detail/queue_leaves.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace coil {

namespace detail {
/// The words for reports; what is made of a channel has its own.
struct channel_names {
    static constexpr const char* send = "channel::send";
    static constexpr const char* receive = "channel::receive";
    static constexpr const char* closed = "channel::wait_closed";
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
/// Its senders and receivers are not counted: who knows that no more will come closes
/// it, or that nobody receives any more.
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
    using queue = detail::queue<T, Capacity, F, Names>;

public:
    using send_leaf = typename queue::send_leaf;
    using reserve_leaf = typename queue::reserve_leaf;
    using receive_leaf = typename queue::receive_leaf;
    using receive_many_leaf = typename queue::receive_many_leaf;
    using closed_leaf = typename queue::closed_leaf;
    /// Room for items that `reserve()` gave.
    using permit = typename queue::permit;
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
        : queue_(capacity) {
        COIL_EXPECTS(capacity > 0);
    }
    basic_channel(const basic_channel&) = delete;
    basic_channel& operator=(const basic_channel&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet; no permit
    /// is left.
    ~basic_channel() = default;

    /// Puts an item into the channel, waiting for room. `co_await` gives false if the
    /// channel is closed.
    ///
    /// Stop: an item that was not taken yet is not sent; it dies with the await.
    [[nodiscard]] send_leaf send(T item) { return {queue_, std::move(item)}; }

    /// Waits for room, and keeps it for so many items: what is costly to make is made
    /// when it is sure that it can be sent. `co_await` gives a `permit` in an
    /// `optional`, which is empty if the channel is closed. First come first served,
    /// with those who `send`. Requires: at most `stats().capacity`, and at least 1.
    ///
    /// \snippet coil/sync/channel_test.cpp  made when there is room
    ///
    /// Stop: leaves the line; room that was kept for it goes to the next.
    [[nodiscard]] reserve_leaf reserve(std::size_t count = 1) noexcept {
        expect_fits(count);
        return {queue_, count};
    }
    /// Keeps room if it is there and nobody waits for it.
    [[nodiscard]] std::optional<permit> try_reserve(std::size_t count = 1) noexcept {
        expect_fits(count);
        return queue_.try_reserve(count);
    }

    /// Takes the oldest item, waiting for one; empty once the channel is closed and
    /// drained.
    ///
    /// Stop: nothing is lost; an item is taken only by a receiver that returns it.
    [[nodiscard]] receive_leaf receive() noexcept { return receive_leaf(queue_); }
    [[nodiscard]] receive_leaf next() noexcept { return receive_leaf(queue_); }

    /// Waits for an item, and appends what is there to `to`, at most `limit`.
    /// `co_await` gives how many: 0 once the channel is closed and drained. As a
    /// stream, `queue | chunk_ready(limit)` does the same. Requires: `limit` is at
    /// least 1.
    ///
    /// \snippet coil/sync/channel_test.cpp  all that is there
    ///
    /// Stop: nothing is lost, nor appended.
    /// Allocates: room in `to` before it waits, if there is too little.
    [[nodiscard]] receive_many_leaf receive_many(std::vector<T>& to,
                                                 std::size_t limit) {
        COIL_EXPECTS(limit > 0);
        const std::size_t size = to.size() + std::min(limit, stats().capacity);
        if (to.capacity() < size) to.reserve(std::max(size, 2 * to.capacity()));
        return {queue_, to, limit};
    }

    /// Sends without waiting. False if there is no room, or others wait for it, or the
    /// channel is closed; then `item` is unchanged.
    [[nodiscard]] bool try_send(T&& item) { return queue_.try_put(std::move(item)); }
    [[nodiscard]] bool try_send(const T& item)
        requires std::copy_constructible<T>
    {
        return try_send(T(item));
    }
    /// The same, and closes the channel behind the item: only one can be the last.
    [[nodiscard]] bool try_send_last(T&& item) {
        return queue_.try_put_last(std::move(item));
    }
    /// Takes an item if there is one that nobody was promised.
    [[nodiscard]] std::optional<T> try_receive() { return queue_.try_take(); }

    /// Makes room for so many items, if there was less; senders that wait go on.
    /// Allocates.
    void grow(std::size_t capacity)
        requires(Capacity == 0)
    {
        queue_.grow(capacity);
    }

    /// No more items: senders fail, receivers drain what is left. May be called again.
    void close() noexcept { queue_.close(); }
    [[nodiscard]] bool is_closed() const noexcept { return queue_.is_closed(); }
    /// Waits until it is closed: for who makes items that somebody may cease to want.
    ///
    /// Stop: leaves the line, and loses nothing.
    [[nodiscard]] closed_leaf wait_closed() noexcept { return closed_leaf(queue_); }
    [[nodiscard]] channel_stats stats() const noexcept {
        return queue_.template stats<channel_stats>();
    }

private:
    void expect_fits(std::size_t count) const noexcept {
        COIL_EXPECTS(count > 0 && count <= stats().capacity &&
                     "there is never room for so many at once");
    }

    queue queue_;
};

template <class T, std::size_t Capacity, flavour F, class Names>
inline constexpr bool enable_sendable<basic_channel<T, Capacity, F, Names>> =
    F == flavour::movable && sendable<T>;
template <class T, std::size_t Capacity, flavour F, class Names>
inline constexpr bool enable_shareable<basic_channel<T, Capacity, F, Names>> =
    F == flavour::movable && sendable<T>;

template <class T, std::size_t Capacity = 0>
using channel = basic_channel<T, Capacity, flavour::movable>;

namespace local {
template <class T, std::size_t Capacity = 0>
using channel = basic_channel<T, Capacity, flavour::local>;
}  // namespace local

}  // namespace coil
