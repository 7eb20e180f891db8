// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/call.hpp>

#include <concepts>

namespace coil {

namespace detail {
template <class Answer>
concept sink_answer = std::is_void_v<Answer> || std::same_as<Answer, bool>;
}  // namespace detail

/// What values of type `T` can be sent to: the other end of a `stream`. `send(item)`
/// gives, at once or by an awaitable, whether the sink took the item, and false once it
/// is closed; or nothing, if it is never closed. A `channel` makes the sender wait, an
/// `unbounded_channel` and a `broadcast` do not.
///
/// \snippet coil/stream/into_test.cpp  a sink of one's own
///
/// `into` sends all items of a stream. To change items on their way to a sink, adapt
/// the stream.
template <class K, class T>
concept sink = requires(std::remove_reference_t<K>& to, T&& item) {
    to.send(static_cast<T&&>(item));
    requires detail::sink_answer<settled_t<decltype(to.send(static_cast<T&&>(item)))>>;
};

}  // namespace coil
