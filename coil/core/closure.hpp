// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/as_outcome.hpp>
#include <coil/core/call.hpp>

namespace coil {

namespace detail {

template <class Signature>
struct signature;
template <class R, class... A>
struct signature<R(A...)> {
    template <class F>
    static constexpr bool is_callable = [] {
        if constexpr (requires(F f, A... a) {
                          static_cast<F>(f)(static_cast<A>(a)...);
                      }) {
            using given = settled_t<call_result_t<F, A...>>;
            return std::is_void_v<R> ? std::is_void_v<given>
                                     : std::is_convertible_v<given, R>;
        } else {
            return false;
        }
    }();
};

}  // namespace detail

/// A callable that yields an `R` for `A...`, by an awaitable or at once; called through
/// `const&`, any number of times, also while its futures run. Write
/// `async_fn<response(request&)>`. A plain function satisfies it at no cost.
template <class F, class Signature>
concept async_fn = detail::signature<Signature>::template is_callable<
    const std::remove_reference_t<F>&>;

/// As `async_fn`, called through `&`: it may change what it captured.
template <class F, class Signature>
concept async_fn_mut =
    detail::signature<Signature>::template is_callable<std::remove_reference_t<F>&>;

/// As `async_fn`, called once, through `&&`: it may move out what it captured.
template <class F, class Signature>
concept async_fn_once =
    detail::signature<Signature>::template is_callable<std::remove_reference_t<F>&&>;

namespace detail {

/// Calls a closure that it keeps alive for as long as the future of that call.
template <class F, class... A>
class call_once_operation : public frame_operation<call_once_operation<F, A...>> {
    using future = call_result_t<F&&, A&&...>;

public:
    static constexpr const char* what = "call_once";
    using value_type = settled_t<future>;

    call_once_operation(F& f, std::tuple<A...>& args) noexcept : f_(f), args_(args) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        return std::apply(
            [&](auto&... a) {
                return running_.call(parent.scope(), std::move(f_),
                                     std::forward<A>(a)...);
            },
            args_);
    }
    value_type await_resume() { return running_.result.take(); }

private:
    F& f_;
    std::tuple<A...>& args_;
    part<settled_call<future>, call_once_operation, &call_once_operation::complete,
         &call_once_operation::unwind>
        running_{*this};
};

template <class F, class... A>
class [[nodiscard(
    "a call does nothing until it is awaited: write co_await")]] call_once_recipe {
public:
    static constexpr bool is_local = is_local_v<call_result_t<F&&, A&&...>>;

    call_once_recipe(F&& f, A&&... args)
        : f_(std::move(f)),
          args_(std::forward<A>(args)...) {}
    call_once_operation<F, A...> operator co_await() && noexcept { return {f_, args_}; }

private:
    F f_;
    std::tuple<A...> args_;
};

}  // namespace detail

/// The future of `f(args...)` that owns the closure: what a lambda coroutine captured
/// lives as long as it runs. Called when it is awaited.
///
/// \snippet coil/core/closure_test.cpp  a lambda that outlives its name
///
/// Requires: `f` is given as an rvalue.
template <class F, class... A>
    requires(!std::is_lvalue_reference_v<F>)
auto call_once(F&& f, A&&... args) {
    return detail::call_once_recipe<F, A...>(std::move(f), std::forward<A>(args)...);
}

template <class F, class... A>
auto call_once(F&, A&&...) {
    static_assert(detail::always_false<F>,
                  "coil::call_once keeps the closure, and this one has a name: write "
                  "call_once(std::move(f)), or call_once([&] { return f(); }) if it "
                  "stays where it is");
    return detail::no_awaitable();
}

}  // namespace coil
