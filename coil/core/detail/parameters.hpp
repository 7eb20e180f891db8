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

/// A parameter of a coroutine that may move between threads, by its number, as the
/// compiler names it where it refuses one.
template <std::size_t Position, class P>
struct parameter {
    static constexpr bool has_sendable_drop =
        sendable_parameter<P> || !(is_owned<P> && says_local<P>);
    // One error for one fault.
    static constexpr bool is_sendable = sendable_parameter<P> || !has_sendable_drop;
};
using no_parameter = parameter<0, void>;

template <std::size_t Position, class... P>
struct unfit_from;
template <std::size_t Position, class First, class... Rest>
struct unfit_from<Position, First, Rest...> : unfit_from<Position + 1, Rest...> {};
template <std::size_t Position, class First, class... Rest>
    requires(!sendable_parameter<First>)
struct unfit_from<Position, First, Rest...> {
    using type = parameter<Position, First>;
};

template <class... P>
struct unfit {
    using type = no_parameter;
};
template <class... P>
    requires(!(sendable_parameter<P> && ...))
struct unfit<P...> : unfit_from<1, P...> {};
/// The first one that may not move, if there is one.
template <class... P>
using unfit_parameter = typename unfit<P...>::type;

/// What is local as it has to do with a task_local whose value is.
template <class A>
concept has_local_value = requires { requires A::has_local_value; };

/// A frame, and a block as it is for frames, is aligned for two pointers.
template <class T>
inline constexpr bool is_aligned_as_a_frame = alignof(T) <= 2 * sizeof(void*);

/// Whether a reference `T` may be made of what `co_return` has.
template <class T, class U>
inline constexpr bool binds_to_what_stays =
    !std::is_lvalue_reference_v<T> ||
    (std::is_lvalue_reference_v<U> &&
     std::is_convertible_v<std::remove_reference_t<U>*, std::remove_reference_t<T>*>);

}  // namespace coil::detail
