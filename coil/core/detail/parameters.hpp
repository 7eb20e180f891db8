// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/sendable.hpp>

namespace coil::detail {

template <class T>
inline constexpr bool is_owned = false;

// In the body of a lambda its own type is not defined yet, and to ask whether it is
// sendable would settle the answer for good.
struct at_a_coroutine;
template <class T>
struct referred : std::remove_cv<T> {};
template <class T>
    requires std::is_reference_v<T> || std::is_pointer_v<T>
struct referred<T> : referred<std::remove_pointer_t<std::remove_reference_t<T>>> {};
template <class P>
concept may_not_look_yet = !may_look_into<typename referred<P>::type, at_a_coroutine>;

template <class P>
concept sendable_parameter =
    (may_not_look_yet<P> && !says_sendable<typename referred<P>::type>) || sendable<P>;

/// Says which parameter of a coroutine may not move between threads as that one may.
/// The text holds a number where the language lets no text be made.
template <std::size_t Position, class P>
constexpr void expect_sendable_parameter() noexcept {
    if constexpr (sendable_parameter<P>) {
        return;
    } else if constexpr (is_owned<P> && says_local<P>) {
        static_assert(sendable<P>,
                      "a coil::task may move between threads, and this parameter's "
                      "async_drop() is a coil::local_task: make this coroutine a "
                      "local_task too");
    } else if constexpr (Position == 1) {
        static_assert(sendable<P>,
                      "a coil::task may move between threads, and its parameter 1 (a "
                      "member function's object counts) may not: make this coroutine a "
                      "local_task, or hand over something else");
    } else if constexpr (Position == 2) {
        static_assert(sendable<P>,
                      "a coil::task may move between threads, and its parameter 2 (a "
                      "member function's object counts) may not: make this coroutine a "
                      "local_task, or hand over something else");
    } else if constexpr (Position == 3) {
        static_assert(sendable<P>,
                      "a coil::task may move between threads, and its parameter 3 (a "
                      "member function's object counts) may not: make this coroutine a "
                      "local_task, or hand over something else");
    } else {
        static_assert(sendable<P>,
                      "a coil::task may move between threads, and one of its "
                      "parameters, from the fourth on, may not: make this coroutine a "
                      "local_task, or hand over something else");
    }
}

/// What is local as it has to do with a task_local whose value is.
template <class A>
concept has_local_value = requires { requires A::has_local_value; };

/// What a coroutine that may move between threads awaits has to do so, too.
template <class A>
constexpr void expect_movable() noexcept {
    if constexpr (has_local_value<std::remove_cvref_t<A>>) {
        static_assert(!has_local_value<std::remove_cvref_t<A>>,
                      "a coil::task may move between threads, and the value of this "
                      "task_local may not, or may not be read from two: make this "
                      "coroutine a local_task, or take another type");
    } else if constexpr (says_local<std::remove_cvref_t<A>>) {
        static_assert(!says_local<std::remove_cvref_t<A>>,
                      "a coil::task may move between threads, so it cannot await a "
                      "coil::local_task: make this coroutine a local_task too");
    } else {
        static_assert(sendable<A>,
                      "a coil::task may move between threads, and what it awaits here "
                      "may not: make this coroutine a local_task");
    }
}

template <class... P, std::size_t... I>
constexpr bool tell_parameters(std::index_sequence<I...>) noexcept {
    (expect_sendable_parameter<I + 1, P>(), ...);
    return true;
}

/// The promise of a coroutine that may move between threads, once its parameters are
/// found to. Costs nothing where it runs: the promise does not see them for it.
template <class Promise, class... P>
struct sendable_parameters {
    using promise_type = Promise;
};
template <class Promise, class... P>
    requires(!(sendable_parameter<P> && ...))
struct sendable_parameters<Promise, P...> {
    static_assert(tell_parameters<P...>(std::index_sequence_for<P...>()));
    using promise_type = Promise;
};

}  // namespace coil::detail
