// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/channel.hpp>

namespace coil {

namespace detail {
struct unbounded_channel_names : channel_names {
    static constexpr const char* receive = "unbounded_channel::receive";
    static constexpr const char* closed = "unbounded_channel::wait_closed";
};
}  // namespace detail

/// A `channel` without a bound: to send never waits, so it may be done anywhere, and
/// nothing holds back who sends faster than others receive.
///
/// Use `channel` unless you know what bounds the items otherwise: the number of those
/// who send, and that each waits for an answer. It is a stream, too.
///
/// \snippet coil/sync/unbounded_channel_test.cpp  sends from a destructor
///
/// Threads: `unbounded_channel` from any thread, also outside of runtimes;
/// `local::unbounded_channel`, without atomics, from the strands of one.
/// Allocates: when more items lie in it than ever before, room for twice as many.
template <class T, flavour F>
class basic_unbounded_channel {
    using queue = basic_channel<T, 0, F, detail::unbounded_channel_names>;

public:
    using value_type = T;
    using receive_leaf = typename queue::receive_leaf;
    using receive_many_leaf = typename queue::receive_many_leaf;
    using closed_leaf = typename queue::closed_leaf;

    basic_unbounded_channel() : items_(8) {}

    /// False if the channel is closed; then `item` is unchanged.
    [[nodiscard]] bool send(T&& item) {
        while (!items_.try_send(std::move(item))) {
            if (items_.is_closed()) return false;
            const channel_stats now = stats();
            if (now.size == now.capacity) items_.grow(2 * now.capacity);
        }
        return true;
    }
    [[nodiscard]] bool send(const T& item)
        requires std::copy_constructible<T>
    {
        return send(T(item));
    }

    /// As `channel`'s.
    [[nodiscard]] receive_leaf receive() noexcept { return items_.receive(); }
    [[nodiscard]] receive_leaf next() noexcept { return items_.next(); }
    [[nodiscard]] std::optional<T> try_receive() { return items_.try_receive(); }
    [[nodiscard]] receive_many_leaf receive_many(std::vector<T>& to,
                                                 std::size_t limit) {
        return items_.receive_many(to, limit);
    }

    /// No more items: `send` fails, receivers drain what is left. May be called again.
    void close() noexcept { items_.close(); }
    [[nodiscard]] bool is_closed() const noexcept { return items_.is_closed(); }
    [[nodiscard]] closed_leaf wait_closed() noexcept { return items_.wait_closed(); }
    /// Its capacity is the room that there is at the moment.
    [[nodiscard]] channel_stats stats() const noexcept { return items_.stats(); }

private:
    queue items_;
};

template <class T, flavour F>
inline constexpr bool enable_sendable<basic_unbounded_channel<T, F>> =
    F == flavour::movable && sendable<T>;
template <class T, flavour F>
inline constexpr bool enable_shareable<basic_unbounded_channel<T, F>> =
    F == flavour::movable && sendable<T>;

template <class T>
using unbounded_channel = basic_unbounded_channel<T, flavour::movable>;

namespace local {
template <class T>
using unbounded_channel = basic_unbounded_channel<T, flavour::local>;
}  // namespace local

}  // namespace coil
