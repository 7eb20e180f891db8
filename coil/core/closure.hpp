// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/as_outcome.hpp>
#include <coil/core/call.hpp>
#include <coil/core/task.hpp>

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

namespace detail {

/// What a sync callable gave, on its way through a `co_await` that never waits.
template <class R>
struct settled_value {
    using is_coil_leaf = void;
    static constexpr bool is_local = !is_sendable_v<R>;

    settled_value& attach(continuation) noexcept { return *this; }
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    R await_resume() { return static_cast<R&&>(value); }

    R value;
};
template <>
struct settled_value<void> {
    using is_coil_leaf = void;

    settled_value& attach(continuation) noexcept { return *this; }
    [[nodiscard]] bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept {}
};

template <class T>
struct at_once_result {
    template <class U = T>
        requires std::is_convertible_v<U&&, T>
    void return_value(U&& value) {
        static_assert(binds_to_what_stays<T, U>,
                      "this gives a reference, and what co_return has would be gone: "
                      "give the object itself, or a reference to one that stays");
        if constexpr (std::is_reference_v<T>) {
            to->put_value(std::forward<U>(value));
        } else {
            to->put_made([&]() -> T { return std::forward<U>(value); });
        }
    }
    outcome<T>* to = nullptr;
};
template <>
struct at_once_result<void> {
    void return_void() noexcept { to->put_value(); }
    outcome<void>* to = nullptr;
};

}  // namespace detail

/// What a coroutine gives that never waits: it has run when the call returns, and this
/// is its value, or the call throws. That is the sync kind of a `maybe_task`.
///
/// Allocates: nothing, where the compiler sees that it never waits (Clang, from -O1
/// on); else one frame, from `allocate_frame`.
template <class T = void>
class at_once {
public:
    using value_type = T;

    struct promise_type : detail::at_once_result<T> {
        static void* operator new(std::size_t size) { return allocate_frame(size); }
        static void operator delete(void* frame, std::size_t size) noexcept {
            release_frame(frame, size);
        }
        at_once get_return_object() noexcept { return at_once(*this); }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void unhandled_exception() {
#if COIL_EXCEPTIONS
            throw;  // out of the call, whose frame goes as any function's does
#endif
        }
        template <class R>
        detail::settled_value<R>&& await_transform(detail::settled_value<R>&& given) {
            return std::move(given);
        }
        template <class A>
        detail::no_awaitable await_transform(A&&) {
            static_assert(
                detail::always_false<A>,
                "a maybe_task of sync callables never waits: it may await what "
                "they give, by co_await coil::settle(f, arguments...)");
            return {};
        }
    };

    at_once(at_once&&) = delete;
    at_once& operator=(at_once&&) = delete;

    T get() && { return result_.take_value(); }
operator T() &&  // NOLINT: as the function that it stands for gives it
    requires(!std::is_void_v<T>) { return result_.take_value(); }

    private : explicit at_once(promise_type& of) noexcept {
        of.to = &result_;
    }

    outcome<T> result_;
};

template <class T>
struct detail::settled<at_once<T>> {
    using type = T;
};

/// What an algorithm gives that has one body for sync and async callables: of the
/// `Futures` that they give, is one awaitable, it is a task of `T` (a local one, if
/// that future is); else `at_once<T>`, and the algorithm is an ordinary function.
///
/// \snippet coil/core/closure_test.cpp  one body for sync and async callables
template <class T, class... Futures>
using maybe_task = std::conditional_t<(awaitable<Futures> || ...),
                                      task_like<T, Futures...>, at_once<T>>;

/// Calls `f`; `co_await` gives what that gives, be it to be awaited or there at once.
/// In a task it may be of either kind; in a `maybe_task` it is all that is awaited.
///
/// Allocates: nothing but what `f` does.
template <class F, class... A>
decltype(auto) settle(F&& f, A&&... args) {
    using given = call_result_t<F&&, A&&...>;
    if constexpr (awaitable<given>) {
        return std::forward<F>(f)(std::forward<A>(args)...);
    } else if constexpr (std::is_void_v<settled_t<given>>) {
        std::forward<F>(f)(std::forward<A>(args)...);
        return detail::settled_value<void>();
    } else {
        return detail::settled_value<settled_t<given>>{
            std::forward<F>(f)(std::forward<A>(args)...)};
    }
}

}  // namespace coil
