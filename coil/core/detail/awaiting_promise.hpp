// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/awaitable.hpp>
#include <coil/core/detail/flavour.hpp>
#include <coil/core/detail/parameters.hpp>
#include <coil/core/foreign.hpp>
#include <coil/core/promise.hpp>
#include <coil/core/sendable.hpp>

#include <source_location>
#include <utility>

namespace coil::detail {

/// How every coil coroutine awaits: leaves in place, recipes by their operation,
/// anything else through an adapter that keeps the strand serial.
template <flavour F>
struct awaiting_promise : promise_base {
    template <class A>
    decltype(auto) await_transform(
        A&& a, std::source_location at = std::source_location::current()) {
        where = at;
        if constexpr (!awaitable<A> && awaitable<std::remove_reference_t<A>>) {
            static_assert(always_false<A>,
                          "a task is awaited once and is used up by it: write "
                          "co_await std::move(it)");
            return no_awaitable();
        } else if constexpr (!awaitable<A>) {
            static_assert(always_false<A>,
                          "co_await needs something awaitable: a task, a leaf such as "
                          "coil::sleep(), or a type with await_ready/suspend/resume");
            return no_awaitable();
        } else {
            if constexpr (F == flavour::local) {
            } else if constexpr (has_local_value<std::remove_cvref_t<A>>) {
                static_assert(!has_local_value<std::remove_cvref_t<A>>,
                              "a coil::task may move between threads, and the value of "
                              "this task_local may not, or may not be read from two: "
                              "make this coroutine a local_task, or take another type");
            } else if constexpr (says_local<std::remove_cvref_t<A>>) {
                static_assert(!says_local<std::remove_cvref_t<A>>,
                              "a coil::task may move between threads, so it cannot "
                              "await a coil::local_task: make this coroutine a "
                              "local_task too");
            } else {
                static_assert(is_sendable_v<A>,
                              "a coil::task may move between threads, and what it "
                              "awaits here may not: make this coroutine a local_task");
            }
            if constexpr (leaf_type<A>) {
                return a.attach(continuation(*this));
            } else if constexpr (recipe_type<A>) {
                static_assert(std::is_rvalue_reference_v<A&&>,
                              "a task is awaited once and is used up by it: write "
                              "co_await std::move(it)");
                static_assert(
                    is_aligned_as_a_frame<A> && is_aligned_as_a_frame<awaiter_of<A>>,
                    "what is awaited lies in the coroutine's frame, which is "
                    "aligned for "
                    "two pointers: keep what needs more somewhere else");
                return std::forward<A>(a).operator co_await();
            } else {
                return foreign_operation<A>(continuation(*this), std::forward<A>(a));
            }
        }
    }
};

}  // namespace coil::detail
