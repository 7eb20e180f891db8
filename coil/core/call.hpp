// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>

namespace coil {

namespace detail {
template <class R>
struct settled {
    using type = R;
};
template <awaitable R>
struct settled<R> {
    using type = await_result_t<R>;
};
}  // namespace detail

/// What a call's result becomes once it is awaited, if it is awaitable at all: sync and
/// async callables are treated alike.
template <class R>
using settled_t = typename detail::settled<R>::type;

/// The future (or plain value) that calling `F` with `A...` gives.
template <class F, class... A>
using call_result_t = decltype(std::declval<F>()(std::declval<A>()...));

/// What calling `F` with `A...` gives, a future or a plain value, may move between
/// threads. `F` may be a member function, with its object first, as for `std::invoke`:
///
/// \snippet coil/core/call_test.cpp  a bound on what a method gives
template <class F, class... A>
concept returns_sendable = is_sendable_v<std::invoke_result_t<F, A...>>;

/// A callable, sync or async, that yields an `R` for `A...`; called through `const&`.
template <class F, class R, class... A>
concept async_callable_to =
    requires(F f, A&&... a) { static_cast<F&&>(f)(static_cast<A&&>(a)...); } &&
    (std::is_void_v<R> ||
     std::convertible_to<settled_t<decltype(std::declval<F>()(std::declval<A>()...))>,
                         R>);

namespace detail {

/// One call of a sync callable: its result is there at once. The call is part of what
/// runs: if it throws, that is the outcome.
template <class R>
class settled_call : public branch {
public:
    explicit settled_call(const branch_ops& table) noexcept : branch{nullptr, &table} {}

    template <class F, class... Args>
    std::coroutine_handle<> call(context& within, F&& f, Args&&... args) noexcept {
        scope = &within;
#if COIL_EXCEPTIONS
        try {
            set(std::forward<F>(f), std::forward<Args>(args)...);
        } catch (...) {
            result.set_error(std::current_exception());
        }
#else
        set(std::forward<F>(f), std::forward<Args>(args)...);
#endif
        return ops->completed(*this);
    }
    void collect() const noexcept {}
    void collect_stopped() const noexcept {}

    outcome<R> result;

private:
    template <class F, class... Args>
    void set(F&& f, Args&&... args) {
        if constexpr (std::is_void_v<R>) {
            std::forward<F>(f)(std::forward<Args>(args)...);
            result.set_value();
        } else if constexpr (std::is_reference_v<R>) {
            result.set_value(std::forward<F>(f)(std::forward<Args>(args)...));
        } else {
            result.clear();
            result.put_made(
                [&]() -> R { return std::forward<F>(f)(std::forward<Args>(args)...); });
        }
    }
};

/// One call of an async callable; keeps the future it returned while that runs.
template <awaitable R>
class settled_call<R> : public child<R> {
public:
    explicit settled_call(const branch_ops& table) noexcept : child<R>(table) {}
    settled_call(const settled_call&) = delete;
    settled_call& operator=(const settled_call&) = delete;
    ~settled_call() { forget(); }

    template <class F, class... Args>
    std::coroutine_handle<> call(context& within, F&& f, Args&&... args) noexcept {
        forget();
        this->scope = &within;
#if COIL_EXCEPTIONS
        try {
            make(std::forward<F>(f), std::forward<Args>(args)...);
        } catch (...) {
            return this->fail(std::current_exception());
        }
#else
        make(std::forward<F>(f), std::forward<Args>(args)...);
#endif
        if constexpr (std::is_lvalue_reference_v<R>) {
            return this->begin(*future_, within);
        } else {
            return this->begin(std::move(future_), within);
        }
    }
    void collect() noexcept {
        child<R>::collect();
        forget();
    }
    void collect_stopped() noexcept {
        child<R>::collect_stopped();
        forget();
    }

private:
    using stored =
        std::conditional_t<std::is_lvalue_reference_v<R>, std::remove_reference_t<R>*,
                           std::remove_cvref_t<R>>;

    template <class F, class... Args>
    void make(F&& f, Args&&... args) {
        void* const place = static_cast<void*>(std::addressof(future_));
        if constexpr (std::is_lvalue_reference_v<R>) {
            ::new (place)
                stored(std::addressof(std::forward<F>(f)(std::forward<Args>(args)...)));
        } else {
            ::new (place) stored(std::forward<F>(f)(std::forward<Args>(args)...));
        }
        has_future_ = true;
    }
    void forget() noexcept {
        if (std::exchange(has_future_, false)) future_.~stored();
    }

    union {
        stored future_;
    };
    bool has_future_ = false;
};

}  // namespace detail
}  // namespace coil
