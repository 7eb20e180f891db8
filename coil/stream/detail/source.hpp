// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/stream/stream.hpp>

#include <tuple>

namespace coil::detail {

template <class S>
concept owned_with_drop = !std::is_reference_v<S> && async_droppable<S>;

/// What an adaptor takes its items from: borrowed, if `S` is a reference, or owned.
template <class S>
class source {
    static_assert(!needs_async_drop<stream_value_t<S>>,
                  "coil's stream adaptors do not pass items that need an async drop: "
                  "they have no place to await it; call next() yourself");

public:
    static constexpr bool is_local = is_local_v<S> || is_local_v<stream_next_t<S>>;
    static constexpr bool is_resumable = is_resumable_v<S>;

    explicit source(S&& from) : from_(std::forward<S>(from)) {}

    [[nodiscard]] std::remove_reference_t<S>& get() noexcept { return from_; }

    /// Drops the stream, if it is owned and has an async destructor.
    decltype(auto) async_drop(exit_reason why)
        requires owned_with_drop<S>
    {
        return call_drop(from_, why);
    }

private:
    S from_;
};

/// Whether the drop of what `S` owns runs code that may refer to the user's locals.
template <class S>
inline constexpr bool drop_runs_children_v = requires {
    requires owned_with_drop<S>;
    S::drop_runs_children;
};

/// What an adaptor that owns such a source inherits, so that `own` refuses it.
template <class... S>
struct source_drop {};
template <class... S>
    requires(drop_runs_children_v<S> || ...)
struct source_drop<S...> {
    static constexpr bool drop_runs_children = true;
};

/// An item as it is put into something: a value, or a reference if it is borrowed.
template <class S>
using given_item_t =
    std::conditional_t<std::is_pointer_v<stream_item_t<S>>,
                       decltype(*std::declval<stream_item_t<S>&>()), stream_value_t<S>>;

/// The item itself, or the end where there is none.
template <class Item>
Item move_or_end(Item* item) {
    return item != nullptr ? std::move(*item) : Item();
}

template <class F, class Item>
concept takes_given = std::invocable<F&, decltype(give_item(std::declval<Item&>()))>;

template <class F, class Item>
concept takes_shown =
    std::invocable<F&, decltype(std::as_const(*std::declval<Item&>()))>;
template <class F, class Item>
concept takes_lvalue = std::invocable<F&, decltype(*std::declval<Item&>())>;

/// Whether `F` can be given the items of `S`.
template <class F, class S>
inline constexpr bool takes_items =
    takes_given<F, stream_item_t<S>> || takes_lvalue<F, stream_item_t<S>>;
/// The same for one that they are only shown to.
template <class F, class S>
inline constexpr bool takes_a_look_at_items =
    takes_shown<F, stream_item_t<S>> || takes_lvalue<F, stream_item_t<S>>;

template <class T>
inline constexpr bool is_a_bool = std::is_convertible_v<T, bool>;

/// As std::invoke, without what else <functional> brings.
template <class F, class... X>
decltype(auto) invoke(F& f, X&&... x) {
    return std::apply(f, std::forward_as_tuple(std::forward<X>(x)...));
}

/// Calls `f` with an item that is its own to use.
template <class F, class Item>
decltype(auto) call_with(F& f, Item& item) {
    if constexpr (takes_given<F, Item>) {
        return invoke(f, give_item(item));
    } else {
        return invoke(f, *item);
    }
}
template <class F, class S>
using call_with_t =
    decltype(call_with(std::declval<F&>(), std::declval<stream_item_t<S>&>()));

/// Calls `f` with an item that it only looks at.
template <class F, class Item>
decltype(auto) show_to(F& f, Item& item) {
    if constexpr (takes_shown<F, Item>) {
        return invoke(f, std::as_const(*item));
    } else {
        return invoke(f, *item);
    }
}
template <class F, class S>
using show_to_t =
    decltype(show_to(std::declval<F&>(), std::declval<stream_item_t<S>&>()));

/// What `next()` of every adaptor gives: builds its operation in the awaiting frame.
template <class Adaptor, class Operation>
class [[nodiscard("next() does nothing until it is awaited: write co_await")]] next_of {
public:
    static constexpr bool is_local = Adaptor::is_local;
    explicit next_of(Adaptor& from) noexcept : from_(from) {}
    Operation operator co_await() && noexcept { return Operation(from_); }
    explicit operator bool() const = delete;  // write co_await before next()

private:
    Adaptor& from_;
};

/// What may stand on the right of `|`; gives `apply(stream)`.
struct adaptor {};

/// What those have in common that apply a function: it takes the items, and whatever it
/// gives is right. `|` asks in turn, itself, so that its errors are short.
struct function_rule {
    template <class F, class S>
    static constexpr bool takes = takes_items<F, S>;
    template <class F, class S>
    static constexpr bool fits() {
        return true;
    }
};

/// One that applies a function: `Rule` says whether it fits the items, and what becomes
/// of the stream.
template <class F, class Rule>
struct function_adaptor : adaptor {
    using function_type = F;
    using rule = Rule;
    explicit function_adaptor(F given) : function(std::move(given)) {}
    template <class S>
    auto apply(S&& from) const& {
        return typename Rule::template made<S, F>(std::forward<S>(from), function);
    }
    template <class S>
    auto apply(S&& from) && {
        return typename Rule::template made<S, F>(std::forward<S>(from),
                                                  std::move(function));
    }
    F function;
};

template <class S>
concept adaptable = stream<S> || readable_range<S>;

template <class S>
struct as_stream {
    using type = range_stream<S>;
};
template <stream S>
struct as_stream<S> {
    using type = S;
};
/// `S`, or the stream of the range that it is.
template <adaptable S>
using as_stream_t = typename as_stream<S>::type;
template <adaptable S>
decltype(auto) to_stream(S&& from) {
    if constexpr (stream<S>) {
        return std::forward<S>(from);
    } else {
        return range_stream<S>(std::forward<S>(from));
    }
}

template <class A>
concept any_adaptor = std::derived_from<std::remove_cvref_t<A>, adaptor>;
template <class A>
concept applies_function =
    any_adaptor<A> && requires { typename std::remove_cvref_t<A>::rule; };

template <adaptable S, any_adaptor Adaptor>
auto operator|(S&& from, Adaptor&& made) {
    if constexpr (std::same_as<std::remove_cvref_t<S>, no_stream>) {
        return no_stream();
    } else {
        return std::forward<Adaptor>(made).template apply<as_stream_t<S>>(
            to_stream(std::forward<S>(from)));
    }
}

template <adaptable S, applies_function Adaptor>
auto operator|(S&& from, Adaptor&& made) {
    using rule = typename std::remove_cvref_t<Adaptor>::rule;
    using function = typename std::remove_cvref_t<Adaptor>::function_type;
    using items = as_stream_t<S>;
    if constexpr (std::same_as<std::remove_cvref_t<S>, no_stream>) {
        return no_stream();
    } else if constexpr (!rule::template takes<function, items>) {
        static_assert(rule::template takes<function, items>,
                      "this function cannot be called with the items of this stream");
        return no_stream();
    } else if constexpr (!rule::template fits<function, items>()) {
        return no_stream();
    } else {
        return std::forward<Adaptor>(made).template apply<items>(
            to_stream(std::forward<S>(from)));
    }
}

}  // namespace coil::detail
