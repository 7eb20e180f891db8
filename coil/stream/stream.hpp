// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/awaitable.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {
template <class Item>
concept optional_item = requires(Item& item) {
    static_cast<bool>(item);
    *item;
};
}  // namespace detail

/// Values over time: `next()` gives an awaitable of something like `optional<T>`, empty
/// at the end. Read it with `while (auto item = co_await s.next())`.
template <class S>
concept stream = requires(std::remove_cvref_t<S>& s) {
    { s.next() } -> awaitable;
    requires detail::optional_item<
        std::remove_cvref_t<await_result_t<decltype(s.next())>>>;
};

/// The awaitable that `next()` gives, and what it yields.
template <stream S>
using stream_next_t = decltype(std::declval<std::remove_cvref_t<S>&>().next());
template <stream S>
using stream_item_t = std::remove_cvref_t<await_result_t<stream_next_t<S>>>;
template <stream S>
using stream_value_t =
    std::remove_cvref_t<decltype(*std::declval<stream_item_t<S>&>())>;

/// A stream whose `next()`, when it was stopped, may be called again without loss:
/// channels, sockets, timers, and adaptors with sync functions over them. A generator
/// that is stopped inside ends instead.
template <class S>
inline constexpr bool is_resumable_v = true;
template <class S>
    requires requires { std::remove_cvref_t<S>::is_resumable; }
inline constexpr bool is_resumable_v<S> = std::remove_cvref_t<S>::is_resumable;
template <class S>
concept resumable_stream = stream<S> && is_resumable_v<S>;

/// A stream that knows how many items it has left, if no error ends it: ranges, and
/// adaptors that keep their number. `collect` makes room for so many.
template <class S>
concept sized_stream = stream<S> && requires(std::remove_cvref_t<S>& s) {
    { s.remaining() } -> std::same_as<std::size_t>;
};

namespace detail {
/// An item as its consumer gets it: an rvalue where the stream gave it away.
template <class Item>
decltype(auto) give_item(Item& item) noexcept {
    if constexpr (std::is_pointer_v<Item>) {
        return *item;
    } else {
        return std::move(*item);
    }
}
}  // namespace detail

}  // namespace coil
