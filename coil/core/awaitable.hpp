// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/core/sendable.hpp>

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace coil {

template <class A>
class foreign_operation;

namespace detail {

template <class A>
concept leaf_type = requires { typename std::remove_cvref_t<A>::is_coil_leaf; };

/// What coil's own composite awaitables build in the awaiting frame: `begin(parent)`
/// starts it and says what to run next, `await_resume` gives the result.
template <class O>
concept operation = requires(O& o, continuation parent) {
    { o.begin(parent) } noexcept -> std::same_as<std::coroutine_handle<>>;
    o.await_resume();
};

template <class A>
concept has_member_await = requires { std::declval<A>().operator co_await(); };
template <class A>
concept has_free_await = requires { operator co_await(std::declval<A>()); };

template <class A>
decltype(auto) get_awaiter(A&& awaitable) {
    if constexpr (has_member_await<A>) {
        return std::forward<A>(awaitable).operator co_await();
    } else if constexpr (has_free_await<A>) {
        return operator co_await(std::forward<A>(awaitable));
    } else {
        return std::forward<A>(awaitable);
    }
}
template <class A>
using awaiter_of = decltype(get_awaiter(std::declval<A>()));

template <class A>
concept recipe_type = !leaf_type<A> && has_member_await<A> && operation<awaiter_of<A>>;

template <class W>
concept standard_awaiter = requires(std::remove_reference_t<W>& w) {
    { w.await_ready() } -> std::convertible_to<bool>;
    w.await_resume();
};

}  // namespace detail

/// Anything that `co_await` accepts in a coil coroutine.
template <class A>
concept awaitable = detail::leaf_type<A> || detail::recipe_type<A> ||
                    detail::standard_awaiter<detail::awaiter_of<A>>;

namespace detail {
template <class A>
struct await_result {};
template <awaitable A>
struct await_result<A> {
    using type = decltype(std::declval<std::remove_reference_t<awaiter_of<A>>&>()
                              .await_resume());
};
}  // namespace detail

/// What awaiting an `A` gives.
template <awaitable A>
using await_result_t = typename detail::await_result<A>::type;

/// An awaitable whose result converts to `T`; for `void`, whose result is `void`.
template <class A, class T>
concept awaitable_of =
    awaitable<A> && ((std::is_void_v<T> && std::is_void_v<await_result_t<A>>) ||
                     (!std::is_void_v<T> && std::convertible_to<await_result_t<A>, T>));

namespace detail {

/// Stands for a result after an error of compilation, so that no other follows.
struct any_result {
    template <class T>
    operator T() const;
};
/// Else each built-in operator would be a candidate.
template <class A, class B>
concept has_any_result = std::same_as<A, any_result> || std::same_as<B, any_result>;
template <class A, class B>
    requires has_any_result<A, B>
any_result operator+(const A&, const B&);
template <class A, class B>
    requires has_any_result<A, B>
any_result operator-(const A&, const B&);
template <class A, class B>
    requires has_any_result<A, B>
any_result operator*(const A&, const B&);
template <class A, class B>
    requires has_any_result<A, B>
any_result operator/(const A&, const B&);
template <class A, class B>
    requires has_any_result<A, B>
bool operator==(const A&, const B&);
template <class A, class B>
    requires has_any_result<A, B>
bool operator<(const A&, const B&);
template <class A, class B>
    requires has_any_result<A, B>
bool operator>(const A&, const B&);

template <class T>
T no_value() noexcept;
struct no_awaitable : std::suspend_never {
    any_result await_resume() const noexcept;
};
/// The same for a stream.
struct no_stream : no_awaitable {
    struct next_item : std::suspend_never {
        any_result* await_resume() const noexcept;
    };
    static constexpr bool is_resumable = true;
    next_item next() noexcept;
};

/// Says how the body of a `with_group` takes its group.
template <class Body>
no_awaitable refuse_group_body() {
    static_assert(always_false<Body>,
                  "the body of coil::with_group is called with the group, by "
                  "reference, as it cannot be copied: [&](coil::group& g) {...}");
    return {};
}

/// Says why a combinator cannot take these.
template <class... A>
no_awaitable refuse_parts() {
    constexpr bool is_lvalue =
        ((!awaitable<A> && awaitable<std::remove_reference_t<A>>) || ...);
    static_assert(!is_lvalue,
                  "a task is awaited once and is used up by it: write std::move(it)");
    static_assert(is_lvalue || (awaitable<A> && ...),
                  "this needs something awaitable: a task, or a leaf such as "
                  "coil::sleep(); a function has to be called, f()");
    return {};
}

}  // namespace detail

/// Whether an awaitable is bound to the executor it started on: it is not `sendable`. A
/// recipe is local as soon as one of its parts is.
template <class A>
inline constexpr bool is_local_v = !is_sendable_v<A>;

}  // namespace coil
