// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/parallel/detail/split_range.hpp>
#include <coil/parallel/parallel.hpp>

namespace coil {

namespace detail {

/// The flavour of what calls `F` with elements of `R`.
template <class T, class R, class F>
using task_over = task_like<T, iterator_of<R>, call_result_t<const F&, element_of<R>>>;

template <class R, class F>
task_over<void, R, F> for_each_in(stretch<iterator_of<R>> part, const F& f) {
    const bool is_stopped = co_await stop_requested();
    if (is_stopped) co_await stop_here();
    if (part.size > part.grain) {
        co_await parallel(for_each_in<R>(part.left(), f),
                          for_each_in<R>(part.right(), f));
        co_return;
    }
    for (; part.size > 0; --part.size, ++part.first) {
        if constexpr (awaitable<call_result_t<const F&, element_of<R>>>) {
            co_await f(*part.first);
        } else {
            f(*part.first);
        }
    }
}

/// `R` is a reference to a range that is borrowed, or one that it owns.
template <class R, class F>
task_over<void, R, F> for_each_of(R range, std::size_t grain, F f) {
    co_await for_each_in<R>(stretch_of(range, grain), f);
}

}  // namespace detail

/// Calls `f`, sync or async, with each element, on all threads that the runtime has.
/// The range is halved until at most `grain` elements are left, which are one part:
/// choose as many as take some microseconds at least.
///
/// For results use `parallel_reduce`; to visit the items of a stream one after the
/// other, `for_each`.
///
/// \snippet coil/parallel/parallel_for_each_test.cpp  square all
///
/// Requires: `f` may be called from several threads at once, so it is called through
/// `const&`; what it touches is made for that, or its own element's.
/// Errors: the first error stops the other parts, between two awaits of `f` or before
/// they begin; when they have ended it is rethrown.
/// Stop: the same.
/// Lifetime: a range given as an lvalue is borrowed.
/// Allocates: a frame per part, and one each time that the range is halved.
template <detail::splittable_range R, class F>
    requires requires(const F& f, R& range) { f(*std::ranges::begin(range)); }
auto parallel_for_each(R&& range, std::size_t grain, F f) {
    return detail::for_each_of<R, F>(std::forward<R>(range), grain, std::move(f));
}

}  // namespace coil
