// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/erased/detail/box.hpp>
#include <coil/erased/detail/erased_call.hpp>
#include <coil/stream/stream.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {

/// Asks a stream for its next item, and gives that as an `optional<T>`.
template <class T, flavour F>
struct next_item {
    template <class S>
    auto operator()(S& from) const {
        return ask(from);
    }
    template <class S>
    static auto ask(S& from) -> basic_task<std::optional<T>, F> {
        auto item = co_await from.next();
        if (!item) co_return std::nullopt;
        co_return std::optional<T>(give_item(item));
    }
};

}  // namespace detail

/// The type behind `any_stream`.
template <class T, flavour F>
class basic_any_stream {
    using next_call =
        detail::erased_call<detail::next_item<T, F>, basic_task<std::optional<T>, F>()>;

public:
    using value_type = T;
    static constexpr bool is_local = F == flavour::local;
    static constexpr bool is_resumable = false;

    template <stream S>
        requires(!std::same_as<std::remove_cvref_t<S>, basic_any_stream>)
    basic_any_stream(S&& from)  // NOLINT: any stream of such items is one
        : box_(std::in_place_type<std::decay_t<S>>, std::forward<S>(from)),
          next_(&next_call::template call<std::decay_t<S>&>) {
        using source = std::decay_t<S>;
        static_assert(std::is_convertible_v<stream_value_t<source>, T>,
                      "the stream gives other items than this any_stream does");
        static_assert(
            is_local || (sendable<source> && sendable<stream_next_t<source>>),
            "an any_stream may be read on any thread, and this stream may not: "
            "use coil::local::any_stream");
        static_assert(
            !needs_async_drop<source>,
            "this stream has an async destructor, which an any_stream has not: "
            "read it by for_each, or put it into a generator");
    }

    /// The next item, or nothing at the end.
    [[nodiscard]] basic_task<std::optional<T>, F> next() {
        COIL_EXPECTS(box_.object() != nullptr && "its stream was moved away");
        return next_(box_.object());
    }

private:
    detail::box<4 * sizeof(void*), detail::room::growing> box_;
    typename next_call::pointer next_;
};

/// Owns a stream of any type whose items convert to `T`: for a function that chooses
/// between streams, or a member that should not be a template.
///
/// \snippet coil/erased/any_stream_test.cpp  one of two streams
///
/// Stop: reaches the stream; `next()` counts as one that loses, as it may be that of a
/// generator. Allocates: once for a stream of more than four words; an item takes the
/// frame of a coroutine, which is recycled.
template <class T>
using any_stream = basic_any_stream<T, flavour::movable>;

namespace local {
/// The same for a stream that stays on one thread.
template <class T>
using any_stream = basic_any_stream<T, flavour::local>;
}  // namespace local

}  // namespace coil
