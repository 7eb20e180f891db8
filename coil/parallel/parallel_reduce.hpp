// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/parallel/parallel_for_each.hpp>

#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {

/// What `map` gives for an element, awaited if it is async.
template <class R>
struct value_of_call : std::type_identity<R> {};
template <awaitable R>
struct value_of_call<R> : await_result<R> {};

/// How elements become a `T`, and two of those one.
template <class Map, class Combine>
struct reduction {
    Map map;
    Combine combine;
};

template <class T, class R, class Map, class Combine>
task_over<T, R, Map> reduce_in(stretch<iterator_of<R>> part,
                               const reduction<Map, Combine>& by) {
    const bool is_stopped = co_await stop_requested();
    if (is_stopped) co_await stop_here();
    if (part.size > part.grain) {
        auto halves = co_await parallel(reduce_in<T, R>(part.left(), by),
                                        reduce_in<T, R>(part.right(), by));
        co_return by.combine(std::get<0>(std::move(halves)),
                             std::get<1>(std::move(halves)));
    }
    if constexpr (awaitable<call_result_t<const Map&, element_of<R>>>) {
        T all = co_await by.map(*part.first);
        while (--part.size > 0) {
            T next = co_await by.map(*++part.first);
            all = by.combine(std::move(all), std::move(next));
        }
        co_return all;
    } else {
        T all = by.map(*part.first);
        while (--part.size > 0)
            all = by.combine(std::move(all), T(by.map(*++part.first)));
        co_return all;
    }
}

template <class R, class T, class Map, class Combine>
task_over<T, R, Map> reduce_of(R range, std::size_t grain, T initial,
                               reduction<Map, Combine> by) {
    const auto whole = stretch_of(range, grain);
    if (whole.size == 0) co_return initial;
    T all = co_await reduce_in<T, R>(whole, by);
    co_return by.combine(std::move(initial), std::move(all));
}

}  // namespace detail

/// Makes one `T` of all elements, on all threads that the runtime has: `map`, sync or
/// async, gives one for each element, and `combine` makes one of two. The range is
/// halved until at most `grain` elements are left, which are one part: choose as many
/// as take some microseconds at least.
///
/// \snippet coil/parallel/parallel_reduce_test.cpp  the sum of all squares
///
/// Requires: `combine` is associative; it need not be commutative, as the order of the
/// elements stays. Both may be called from several threads at once, through `const&`.
/// Returns: `combine(initial, ...)`; `initial` if there are no elements.
/// Errors: the first error stops the other parts, between two awaits of `map` or before
/// they begin; when they have ended it is rethrown.
/// Stop: the same.
/// Lifetime: a range given as an lvalue is borrowed.
/// Allocates: a frame per part, and one each time that the range is halved.
template <detail::splittable_range R, class T, class Map, class Combine>
    requires requires(const Map& map, const Combine& combine, R& range, T value) {
        map(*std::ranges::begin(range));
        { combine(std::move(value), std::move(value)) } -> std::convertible_to<T>;
    }
auto parallel_reduce(R&& range, std::size_t grain, T initial, Map map,
                     Combine combine) {
    using by = detail::reduction<Map, Combine>;
    using call = call_result_t<const Map&, detail::element_of<R>>;
    constexpr bool gives_values =
        std::convertible_to<typename detail::value_of_call<call>::type, T>;
    static_assert(gives_values,
                  "the map of a parallel_reduce gives a value for each element, of the "
                  "type of the initial one: for what gives none use parallel_for_each");
    if constexpr (gives_values) {
        return detail::reduce_of<R, T, Map, Combine>(
            std::forward<R>(range), grain, std::move(initial),
            by{std::move(map), std::move(combine)});
    } else {
        return detail::no_value<task<T>>();
    }
}

}  // namespace coil
