// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coil {

namespace detail {
/// What a type is as long as nobody said: what the parts are that can be seen.
struct as_its_parts {};
}  // namespace detail

/// Says whether a `T` may move to another thread, where its parts do not tell it:
///
/// \snippet coil/core/sendable_test.cpp  a type says so itself
///
/// It may be partially specialized, also for pointers, and before `T` is complete, but
/// only before it is asked for. Such a specialization is a `bool`.
template <class T>
inline constexpr detail::as_its_parts enable_sendable{};

/// The same for `shareable`.
template <class T>
inline constexpr detail::as_its_parts enable_shareable{};

namespace detail {

template <class T>
concept says_sendable = std::same_as<decltype(enable_sendable<T>), const bool>;
template <class T>
concept says_shareable = std::same_as<decltype(enable_shareable<T>), const bool>;

/// How a type may get to another thread.
enum class crossing : unsigned char {
    moves,   // with the strand that holds it, and with what it refers to
    enters,  // into a new strand, while others still use what it refers to
    shared,  // it stays, and both threads use it
};
constexpr crossing of_referred(crossing how) noexcept {
    return how == crossing::moves ? how : crossing::shared;
}

// To look into the instance of a template makes it, which is an error where one of its
// arguments still has to be defined. So nothing is known about those. A compiler asks
// once and keeps the answer, and `Where` tells one place's answers from another's.
template <class T, class Where>
concept has_definition = requires {
    sizeof(T);
    typename std::type_identity<Where>::type;
};
template <class T, class Where = void>
inline constexpr bool may_look_into =
    !(std::is_class_v<T> || std::is_union_v<T>) || has_definition<T, Where>;
template <template <class...> class Of, class... A, class Where>
    requires(!(may_look_into<std::remove_cv_t<A>, Where> && ...))
inline constexpr bool may_look_into<Of<A...>, Where> = false;

/// Says whether it is local. A member that is no constant says something else.
template <class T>
concept says_where = requires { typename std::bool_constant<T::is_local>; };
template <class T>
concept says_local = says_where<T> && bool(T::is_local);

/// A lock that is held, which only the thread that locked it may unlock:
/// std::unique_lock, std::lock_guard and what is made like them.
template <class T>
concept holds_lock = requires { typename T::mutex_type; } &&
                     std::is_constructible_v<T, typename T::mutex_type&>;
template <class T>
concept lockable = requires(T& t) {
    t.lock();
    t.unlock();
};
/// A std::scoped_lock of several, which says less.
template <class T>
inline constexpr bool holds_locks = false;
template <template <class...> class Lock, class A, class B, class... More>
    requires lockable<A> && lockable<B> && (lockable<More> && ...)
inline constexpr bool holds_locks<Lock<A, B, More...>> =
    !std::is_move_constructible_v<Lock<A, B, More...>> &&
    std::is_constructible_v<Lock<A, B, More...>, A&, B&, More&...>;

/// An awaitable of coil's is used up by who awaits it, so two cannot.
template <class T>
concept awaited_once = requires { typename T::is_coil_leaf; } ||
                       (requires(T&& t) { static_cast<T&&>(t).operator co_await(); } &&
                        !requires(const T& t) { t.operator co_await(); });

/// What holds at most one value and says so: optional, expected, outcome.
template <class T>
concept holds_value = requires(T& t) {
    typename T::value_type;
    t.has_value();
};
/// What a container keeps.
template <class T>
concept holds_items = requires(T& t) {
    typename T::value_type;
    t.begin();
    t.end();
};
template <class T>
concept has_elements = requires { std::tuple_size<T>::value; };
/// A range that is copied without its items: a span, a string_view.
template <class T>
concept views_items =
    holds_items<T> && std::is_trivially_copyable_v<T> && !has_elements<T>;
/// unique_ptr.
template <class T>
concept owns_pointee = requires(T& t) {
    typename T::element_type;
    typename T::deleter_type;
    t.get();
};
/// shared_ptr and weak_ptr.
template <class T>
concept shares_pointee = requires(T& t) {
    typename T::element_type;
    t.use_count();
};
/// reference_wrapper.
template <class T>
concept wraps_reference = requires(T& t) {
    typename T::type;
    { t.get() } -> std::same_as<std::add_lvalue_reference_t<typename T::type>>;
};

// `Outer`: the types that `T` was found in. One that holds itself ends there.
template <crossing How, class T, class... Outer>
constexpr bool crosses() noexcept;

/// Of most templates the parts are what the arguments say, and to look at those first
/// is what keeps the compiler fast.
template <class T, class... Outer>
inline constexpr bool arguments_move = false;
template <template <class...> class Of, class... A, class... Outer>
inline constexpr bool arguments_move<Of<A...>, Outer...> =
    (crosses<crossing::moves, A, Outer...>() && ...);

/// The alternatives of a variant; of other templates nothing is known by their
/// arguments.
template <crossing How, class T, class... Outer>
inline constexpr bool alternatives_cross = true;
template <crossing How, template <class...> class Variant, class... T, class... Outer>
    requires requires(Variant<T...>& v) { v.valueless_by_exception(); }
inline constexpr bool alternatives_cross<How, Variant<T...>, Outer...> =
    (crosses<How, T, Variant<T...>, Outer...>() && ...);

template <crossing How, class T, class... Outer>
constexpr bool parts_cross() noexcept {
    constexpr crossing referred = of_referred(How);
    if constexpr (owns_pointee<T>) {
        return crosses<How, typename T::element_type, T, Outer...>() &&
               crosses<How, typename T::deleter_type, T, Outer...>();
    } else if constexpr (shares_pointee<T>) {
        return crosses<referred, typename T::element_type, T, Outer...>();
    } else if constexpr (views_items<T>) {
        return crosses<referred, typename T::value_type, T, Outer...>();
    } else if constexpr (has_elements<T> && !holds_items<T>) {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (crosses<How, std::tuple_element_t<I, T>, T, Outer...>() && ...);
        }(std::make_index_sequence<std::tuple_size_v<T>>());
    } else if constexpr (holds_items<T> && requires { typename T::allocator_type; }) {
        return crosses<How, typename T::value_type, T, Outer...>() &&
               crosses<How, typename T::allocator_type, T, Outer...>();
    } else if constexpr (holds_value<T> && requires { typename T::error_type; }) {
        return crosses<How, typename T::value_type, T, Outer...>() &&
               crosses<How, typename T::error_type, T, Outer...>();
    } else if constexpr (holds_items<T> || holds_value<T> ||
                         (says_where<T> && requires { typename T::value_type; })) {
        return crosses<How, typename T::value_type, T, Outer...>();
    } else if constexpr (wraps_reference<T>) {
        return crosses<referred, typename T::type, T, Outer...>();
    } else {
        return alternatives_cross<How, T, Outer...>;
    }
}

template <crossing How, class T, class... Outer>
constexpr bool class_crosses() noexcept {
    if constexpr ((std::is_same_v<T, Outer> || ...) || !may_look_into<T>) {
        return true;
    } else if constexpr (says_local<T> || holds_lock<T> || holds_locks<T>) {
        return false;
    } else if constexpr (How == crossing::moves && arguments_move<T, Outer...>) {
        return true;
    } else if constexpr (How == crossing::shared) {
        return !awaited_once<T> && parts_cross<How, T, Outer...>();
    } else {
        return parts_cross<How, T, Outer...>();
    }
}

template <crossing How, class T, class... Outer>
constexpr bool crosses() noexcept {
    using part = std::remove_cv_t<T>;
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T>) {
        return crosses<How, part, Outer...>();
    } else if constexpr (How == crossing::shared && says_shareable<part>) {
        return enable_shareable<part>;
    } else if constexpr (How != crossing::shared && says_sendable<part>) {
        return enable_sendable<part>;
    } else if constexpr (std::is_reference_v<part>) {
        return crosses<of_referred(How), std::remove_reference_t<part>, Outer...>();
    } else if constexpr (std::is_pointer_v<part>) {
        return crosses<of_referred(How), std::remove_pointer_t<part>, Outer...>();
    } else if constexpr (std::is_array_v<part>) {
        return crosses<How, std::remove_all_extents_t<part>, Outer...>();
    } else if constexpr (std::is_class_v<part> || std::is_union_v<part>) {
        return class_crosses<How, part, Outer...>();
    } else {
        return true;
    }
}

}  // namespace detail

/// Whether a `T` may move to another thread. Of a pointer or reference this asks
/// whether what it refers to may: a strand's pieces run one at a time, wherever they
/// run, so what its tasks lend one another moves with the strand.
///
/// It looks through references, pointers, arrays, pair, tuple, optional, expected,
/// variant, smart pointers and containers. Not sendable are what is `local`, such as a
/// `local_task`, and locks that are held, such as a `std::unique_lock`. It cannot look
/// into the members of a class, the captures of a lambda or a `std::function`, nor at
/// a type that is not defined yet, and trusts them. `enable_sendable` says otherwise.
template <class T>
inline constexpr bool is_sendable_v = detail::crosses<detail::crossing::moves, T>();
template <class T>
concept sendable = is_sendable_v<T>;

/// Whether two threads may use one `T` at once, as far as its interface is made for it:
/// `event` and `channel` are. No awaitable of coil's is shareable, nor what is `local`.
/// `enable_shareable` says otherwise.
template <class T>
inline constexpr bool is_shareable_v = detail::crosses<detail::crossing::shared, T>();
template <class T>
concept shareable = is_shareable_v<T>;

/// Whether a `T` may be handed to a strand on another thread: it is sendable, and what
/// it refers to, which others may go on to use, is shareable. It cannot see what a task
/// was lent when it was called.
template <class T>
inline constexpr bool is_spawnable_v = detail::crosses<detail::crossing::enters, T>();
template <class T>
concept spawnable = is_spawnable_v<T>;

}  // namespace coil
