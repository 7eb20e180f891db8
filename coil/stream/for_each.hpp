// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/stream/detail/consume.hpp>

namespace coil {

namespace detail {

template <class S, class F>
class [[nodiscard(
    "for_each does nothing until it is awaited: write co_await")]] for_each_recipe {
public:
    static constexpr bool is_local =
        source<S>::is_local || is_local_v<call_with_t<F, S>>;

    for_each_recipe(S&& from, F f) : from_(std::forward<S>(from)), f_(std::move(f)) {}
    consume_operation<S, F&> operator co_await() && noexcept { return {from_, f_}; }

private:
    source<S> from_;
    F f_;
};

template <class T>
inline constexpr bool is_void_or_loop = std::is_void_v<T> || std::is_same_v<T, loop>;

struct for_each_rule : function_rule {
    template <class S, class F>
    using made = for_each_recipe<S, F>;
    template <class F, class S>
    static constexpr bool fits() {
        using answer = settled_t<call_with_t<F, S>>;
        static_assert(is_void_or_loop<answer>,
                      "coil::for_each needs a function that returns void, or "
                      "coil::loop to say whether to go on");
        return is_void_or_loop<answer>;
    }
};
template <class F>
using for_each_adaptor = function_adaptor<F, for_each_rule>;

}  // namespace detail

/// `co_await (source | for_each(f))`: calls `f`, sync or async, with each item, one
/// after the other. To end early `f` returns `coil::loop`: `go_on` or `leave`.
///
/// A source given by value that has an async destructor (a `resource_generator`, a
/// `merge`) is dropped before the await ends, however it ends.
///
/// \snippet coil/stream/for_each_test.cpp  read until the answer
///
/// Errors: the first one of the source or of `f` ends the loop.
/// Stop: reaches both; an item that `f` had when it was stopped is gone.
/// Allocates: never.
template <class F>
auto for_each(F f) {
    return detail::for_each_adaptor<F>(std::move(f));
}

}  // namespace coil
