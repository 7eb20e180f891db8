// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/adapted.hpp>

namespace coil {

namespace detail {

template <class S, class F>
struct map_step : one_for_one {
    using call_type = call_with_t<F, S>;
    using item = std::optional<std::remove_cvref_t<settled_t<call_type>>>;
    static constexpr const char* what = "map";

    call_type call(stream_item_t<S>* from) { return call_with(f, *from); }
    item give(stream_item_t<S>* from, outcome<settled_t<call_type>>& result) {
        return from != nullptr ? item(result.take()) : item();
    }
    F f;
};
struct map_rule : given_rule<map_step> {
    template <class F, class S>
    static constexpr bool fits() {
        using value = std::remove_cvref_t<settled_t<call_with_t<F, S>>>;
        static_assert(!std::is_void_v<value>,
                      "coil::map needs a function that gives a value: use for_each");
        static_assert(!needs_async_drop_v<value>,
                      "coil::map has no place to await the async drop of a value that "
                      "nobody takes: give a handle instead");
        return !std::is_void_v<value> && !needs_async_drop_v<value>;
    }
};
template <class F>
using map_adaptor = function_adaptor<F, map_rule>;

}  // namespace detail

/// `source | map(f)`: what `f` makes of each item. `f` may be sync or async; a
/// reference that it takes is valid until what it returned has ended.
///
/// \snippet coil/stream/map_test.cpp  look up users
///
/// Errors: those of the source and of `f`, from `next()`; the item concerned is gone.
/// Stop: reaches both. With a sync `f` nothing is lost; stopped inside an async one,
/// the stream has ended. Allocates: never.
template <class F>
auto map(F f) {
    return detail::map_adaptor<F>(std::move(f));
}

}  // namespace coil
