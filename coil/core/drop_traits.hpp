// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/core/awaitable.hpp>
#include <coil/core/detail/type_name.hpp>

#include <cstddef>
#include <tuple>

namespace coil {

namespace detail {

template <class T>
concept has_plain_drop = requires(T& t) { t.async_drop(); };
template <class T>
concept has_reason_drop = requires(T& t, exit_reason why) { t.async_drop(why); };

template <class T>
decltype(auto) call_drop(T& object, exit_reason why) {
    if constexpr (has_reason_drop<T>) {
        return object.async_drop(why);
    } else {
        return object.async_drop();
    }
}
template <class T>
using drop_call_t =
    decltype(call_drop(std::declval<T&>(), std::declval<exit_reason>()));

}  // namespace detail

/// A type with an async destructor: a member `async_drop()`, optionally taking an
/// `exit_reason`, whose awaitable yields `void`. An exception that escapes from it ends
/// the program.
///
/// It is called when the drop begins, so it may be any function that gives an
/// awaitable. It may meet an object that was moved from.
///
/// A member of that name that is none of this, or not public, is refused with words
/// where a drop would be needed. A private one of a template or a `final` class cannot
/// be told from none, and is no drop.
template <class T>
concept async_droppable = (detail::has_plain_drop<T> || detail::has_reason_drop<T>) &&
                          std::is_void_v<await_result_t<detail::drop_call_t<T>>>;

namespace detail {

// A name that two bases have is ambiguous, whatever it is and whoever may use it.
COIL_NAMES_ONLY_BEGIN
struct drop_name {
    int async_drop;
};
template <class T>
struct with_drop_name : T, drop_name {};
struct call_name {
    int operator()();
};
template <class T>
struct with_call_name : T, call_name {};
COIL_NAMES_ONLY_END

template <class T>
concept can_be_base =
    std::is_class_v<T> && !std::is_final_v<T> && requires { sizeof(T); };

template <class T>
concept hides_async_drop =
    can_be_base<T> && !requires { &with_drop_name<T>::async_drop; };
template <class T>
concept hides_call = can_be_base<T> && !requires { &with_call_name<T>::operator(); };
// What stands in a template may have a member that a `requires` takes away, rightly.
template <class T>
concept is_of_template = name_of<T>().has('<');

/// Whether `T` has a member of this name, though perhaps no async destructor.
template <class T>
concept names_async_drop =
    requires { &T::async_drop; } || (hides_async_drop<T> && !is_of_template<T>);

/// Whether something can be called, with whatever arguments.
template <class T>
concept looks_callable = std::is_function_v<std::remove_pointer_t<T>> ||
                         requires { &T::operator(); } || hides_call<T>;

/// What holds at most one value: optional, expected, outcome.
template <class T>
concept value_holder = requires(T& t) {
    typename T::value_type;
    t.has_value();
    t.value();
};
template <class T>
concept owning_pointer = requires(T& t) {
    typename T::element_type;
    typename T::deleter_type;
    t.get();
};
/// A container owns its elements, so those of a constant one are constant; a view's
/// belong to somebody else.
template <class T>
concept owning_range = requires(T& t, const T& constant) {
    typename T::value_type;
    t.begin();
    t.end();
    t.size();
    requires std::is_const_v<std::remove_reference_t<decltype(*constant.begin())>>;
};
template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

/// Whether dropping something runs async destructors, and whether those are bound to
/// the executor where they run; `wrong`: there is one that is no async destructor.
enum class drop_kind : unsigned char { none, movable, local, wrong };

constexpr drop_kind combine(drop_kind a, drop_kind b) noexcept {
    return a < b ? b : a;
}

// `Outer`: the types that `T` was found in. A container of itself ends there.
template <class T, class... Outer>
struct drops_inside;
template <class T, class Indices, class... Outer>
struct drops_in_tuple;
template <class T, std::size_t... I, class... Outer>
struct drops_in_tuple<T, std::index_sequence<I...>, Outer...> {
    static constexpr drop_kind value = [] {
        drop_kind all = drop_kind::none;
        ((all = combine(all, drops_inside<std::remove_cv_t<std::tuple_element_t<I, T>>,
                                          T, Outer...>::value)),
         ...);
        return all;
    }();
};

template <class T, class... Outer>
struct drops_inside {
    static constexpr drop_kind value = [] {
        if constexpr ((std::is_same_v<T, Outer> || ...)) {
            return drop_kind::none;
        } else if constexpr (async_droppable<T>) {
            return is_local_v<drop_call_t<T>> ? drop_kind::local : drop_kind::movable;
        } else if constexpr (names_async_drop<T>) {
            return drop_kind::wrong;
        } else if constexpr (value_holder<T> || owning_range<T>) {
            return drops_inside<std::remove_cv_t<typename T::value_type>, T,
                                Outer...>::value;
        } else if constexpr (owning_pointer<T>) {
            return drops_inside<std::remove_cv_t<typename T::element_type>, T,
                                Outer...>::value;
        } else if constexpr (tuple_like<T>) {
            return drops_in_tuple<T, std::make_index_sequence<std::tuple_size_v<T>>,
                                  Outer...>::value;
        } else {
            return drop_kind::none;
        }
    }();
};
template <template <class...> class Variant, class... T, class... Outer>
    requires requires(Variant<T...>& v) {
        v.valueless_by_exception();
        v.index();
    }
struct drops_inside<Variant<T...>, Outer...> {
    static constexpr drop_kind value = [] {
        drop_kind all = drop_kind::none;
        ((all = combine(all, drops_inside<T, Variant<T...>, Outer...>::value)), ...);
        return all;
    }();
};
template <class T, class... Outer>
    requires std::is_void_v<T> || std::is_reference_v<T>
struct drops_inside<T, Outer...> {
    static constexpr drop_kind value = drop_kind::none;
};

template <class T>
inline constexpr bool has_right_drops =
    drops_inside<std::remove_cv_t<T>>::value != drop_kind::wrong;

/// Says so where a member `async_drop` is no async destructor.
template <class T>
constexpr drop_kind drops_of() {
    static_assert(has_right_drops<T>,
                  "an async_drop() in this type is no async destructor: it must be "
                  "public, take nothing or a coil::exit_reason, and give an awaitable "
                  "of void, such as coil::task<>");
    return has_right_drops<T> ? drops_inside<std::remove_cv_t<T>>::value
                              : drop_kind::none;
}

}  // namespace detail

/// Whether a `T` holds something with an async destructor: looks through optional,
/// expected, outcome, variant, tuple, unique_ptr and containers. It cannot look into
/// the members of a class.
template <class T>
inline constexpr bool needs_async_drop_v =
    detail::drops_of<T>() != detail::drop_kind::none;
template <class T>
concept needs_async_drop = needs_async_drop_v<T>;

namespace detail {
/// The value of a runtime's `run`, and of `as_foreign`: code gets it that cannot await.
template <class T>
constexpr void refuse_async_drop() noexcept {
    static_assert(!needs_async_drop<T>,
                  "this value needs its async_drop() awaited, and the code that would "
                  "get it is no coil task and cannot do that: make the value and use "
                  "it inside of one task, with coil::with or coil::own, and run that");
}
}  // namespace detail

/// Whether such a drop is bound to the executor where it runs.
template <class T>
inline constexpr bool drops_locally_v =
    detail::drops_of<T>() == detail::drop_kind::local;

}  // namespace coil
