// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/io/write.hpp>

#include <concepts>
#include <string_view>

namespace coil {

namespace detail {
template <class Item>
concept text_item = std::convertible_to<const Item&, std::string_view>;
template <class Item>
concept bytes_item =
    !text_item<Item> && std::convertible_to<const Item&, std::span<const std::byte>>;
}  // namespace detail

/// A `sink` of texts and of bytes that writes each of them to a `byte_writer`, one
/// behind the other: for `into`.
///
/// \snippet coil/io/byte_sink_test.cpp  a stream of texts into a connection
///
/// It is never closed: a writer that takes no more is an error, the writer's.
/// Stop: an item may have been cut; what `into` says of the one in its hands.
/// Lifetime: refers to `to`.
template <byte_writer To>
class byte_sink {
public:
    explicit byte_sink(To& to COIL_LIFETIMEBOUND) noexcept : to_(&to) {}

    /// Writes all of it. Its bytes are in the item, or outlive the await.
    template <class Item>
        requires detail::text_item<Item> || detail::bytes_item<Item>
    [[nodiscard]] auto send(Item item) -> task_like<void, To, write_call_t<To>> {
        if constexpr (detail::text_item<Item>) {
            co_await write_all(*to_, std::string_view(item));
        } else {
            co_await write_all(*to_, std::span<const std::byte>(item));
        }
    }

private:
    To* to_;
};

}  // namespace coil
