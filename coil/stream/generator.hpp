// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/as_outcome.hpp>
#include <coil/core/own.hpp>
#include <coil/core/task.hpp>
#include <coil/stream/stream.hpp>

#include <optional>

namespace coil {

/// Whether a generator may hold what needs an async drop.
enum class generator_kind : unsigned char { plain, resource };

template <class T, flavour F, generator_kind K = generator_kind::plain>
class basic_generator;

/// A stream written as a coroutine: `co_yield` gives an item, `co_await` waits.
///
/// It may hold nothing that needs an async drop, so destroying it between two items is
/// complete.
///
/// \snippet coil/stream/generator_test.cpp  pages
///
/// Errors: an exception ends it; `next()` throws it once, then says the end.
/// Stop: a generator that is stopped inside `next()` is unwound, as a task is, and has
/// ended. Between items a stop does not reach it.
/// Allocates: one frame; nothing per item.
template <class T>
using generator = basic_generator<T, flavour::movable>;

/// A generator bound to the executor it started on.
template <class T>
using local_generator = basic_generator<T, flavour::local>;

namespace detail {
template <class Generator>
struct elements {
    Generator inner;
};
}  // namespace detail

/// `co_yield elements_of(g)`: yields all of `g`'s items; constant time per item however
/// deep generators delegate.
template <class T, flavour F, generator_kind K>
auto elements_of(basic_generator<T, F, K>&& inner) {
    return detail::elements<basic_generator<T, F, K>>{std::move(inner)};
}

template <class T, flavour F, generator_kind K>
class [[nodiscard]] basic_generator {
    static_assert(std::is_object_v<T>, "a generator yields values, not references");
    static_assert(!needs_async_drop<T>,
                  "a generator's unread item has no place to await its async drop");

public:
    class promise_type;
    class next_operation;
    class next_recipe;
    class drop_recipe;
    using value_type = T;
    static constexpr bool is_local = F == flavour::local;
    static constexpr bool is_resumable = false;

    basic_generator(basic_generator&& other) noexcept
        : outermost_(std::exchange(other.outermost_, nullptr)),
          innermost_(std::exchange(other.innermost_, nullptr)) {}
    basic_generator& operator=(basic_generator&& other) noexcept {
        basic_generator gone(std::move(*this));
        outermost_ = std::exchange(other.outermost_, nullptr);
        innermost_ = std::exchange(other.innermost_, nullptr);
        return *this;
    }
    /// Requires: no `next()` is being awaited.
    ~basic_generator() {
        if (outermost_ == nullptr) return;
        COIL_EXPECTS(!holds_drops() &&
                     "a resource_generator was destroyed without its async drop: "
                     "give it to for_each or with");
        if (innermost_ != outermost_ && innermost_ != nullptr) [[unlikely]]
            delegation::destroy_inner(*innermost_, *outermost_);
        handle::from_promise(*outermost_).destroy();
    }

    /// Waits for the next item; empty at the end.
    [[nodiscard]] next_recipe next() noexcept { return next_recipe(*this); }

    /// Unwinds it, if it has not ended, and awaits its drops. Then `next()` says the
    /// end.
    ///
    /// Requires: no `next()` is being awaited.
    [[nodiscard]] drop_recipe async_drop() noexcept
        requires(K == generator_kind::resource)
    {
        return drop_recipe(*this);
    }

private:
    class yielding;
    class delegation;
    class drop_operation;
    using handle = std::coroutine_handle<promise_type>;

    explicit basic_generator(promise_type& frame) noexcept
        : outermost_(&frame),
          innermost_(&frame) {}

    [[nodiscard]] bool holds_drops() const noexcept {
        if constexpr (K == generator_kind::plain) {
            return false;
        } else {
            return !handle::from_promise(*outermost_).done() &&
                   detail::has_drops(*outermost_);
        }
    }

    /// Its frame, which somebody else destroys; there are no more items.
    promise_type* give_up_frame() noexcept {
        innermost_ = nullptr;
        return std::exchange(outermost_, nullptr);
    }

    promise_type* outermost_;  // null once it was unwound
    promise_type* innermost_;  // the one to resume, as it may delegate; null at its end
};

/// The operation behind `next()`; the item lands in it, or the error. Neither is the
/// end.
template <class T, flavour F, generator_kind K>
class basic_generator<T, F, K>::next_operation : detail::receiver {
public:
    explicit next_operation(basic_generator& from) noexcept : from_(from) {}
    next_operation(const next_operation&) = delete;
    next_operation& operator=(const next_operation&) = delete;
    // Always inlined: where there is an item nothing is left of it.
    COIL_ALWAYS_INLINE ~next_operation() {
        if (!result_.has_value()) [[unlikely]]
            forget_gone_frame();
    }

    [[nodiscard]] bool await_ready() const noexcept {
        return from_.innermost_ == nullptr;
    }
    template <detail::coil_promise Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> waiting) noexcept {
        return resume(continuation(waiting));
    }
    std::coroutine_handle<> begin(continuation awaits) noexcept {
        return await_ready() ? awaits.complete() : resume(awaits);
    }
    [[nodiscard]] std::optional<T> await_resume() {
        if (!result_.has_value()) [[unlikely]]
            return end();
        return std::optional<T>(result_.take_value());
    }

private:
    friend basic_generator;

    std::coroutine_handle<> resume(continuation awaits) noexcept {
        promise_type& next = *from_.innermost_;
        COIL_EXPECTS(next.consumer_ == nullptr &&
                     "a generator is read by one at a time: its last next() goes on");
        this->parent = awaits;
        this->child = detail::handle_of(next);
        from_.outermost_->up = this;
        next.enter(awaits.scope());
        next.consumer_ = this;
        return handle::from_promise(next);
    }
    [[gnu::noinline, gnu::cold]] std::optional<T> end() {
        forget_gone_frame();
        if (result_.has_error()) detail::rethrow(result_.error());
        return std::nullopt;
    }
    /// It was unwound, or has ended and then dropped what it owned.
    [[gnu::noinline, gnu::cold]] void forget_gone_frame() noexcept {
        const bool is_gone =
            this->parent && (!this->child || (K == generator_kind::resource &&
                                              this->child == detail::gone_child()));
        if (is_gone && !COIL_PLANTED(stopped_generator_goes_on)) from_.give_up_frame();
        this->parent = {};  // from now on the generator may be moved, or end
    }

    basic_generator& from_;
    outcome<T> result_;
};

template <class T, flavour F, generator_kind K>
class [[nodiscard("next() does nothing until it is awaited: write co_await")]]
basic_generator<T, F, K>::next_recipe {
public:
    static constexpr bool is_local = F == flavour::local;
    explicit next_recipe(basic_generator& from) noexcept : from_(from) {}
    next_operation operator co_await() && noexcept { return next_operation(from_); }
    explicit operator bool() const = delete;  // write co_await before next()

private:
    basic_generator& from_;
};

/// `co_yield item`: back to the consumer.
template <class T, flavour F, generator_kind K>
class basic_generator<T, F, K>::yielding {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(handle self) const noexcept {
        self.promise().leave();
        return std::exchange(self.promise().consumer_, nullptr)->parent.complete();
    }
    void await_resume() const noexcept {}
};

template <class T, flavour F, generator_kind K>
class basic_generator<T, F, K>::promise_type : public detail::awaiting_promise<F> {
public:
    promise_type() = default;
    /// Sees the parameters where one of them is `owned`: they are dropped at the end.
    template <class... Parameters>
        requires(detail::is_owned<Parameters> || ...)
    explicit promise_type(Parameters&... parameters) noexcept {
        static_assert(
            K == generator_kind::resource,
            "a generator that is left early has no place to await the drop of "
            "an owned parameter: use a resource_generator");
        (adopt(parameters), ...);
    }

    basic_generator get_return_object() noexcept {
        if constexpr (F == flavour::movable) {
            static_assert(
                is_sendable_v<T>,
                "a coil::generator may move between threads, and what this one "
                "gives may not: make it a local_generator");
        }
        return basic_generator(*this);
    }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] detail::final_awaiter final_suspend() const noexcept { return {}; }
    void return_void() const noexcept { consumer_->from_.innermost_ = nullptr; }
    void unhandled_exception() noexcept {
        detail::check_not_unwinding(*this);
        if constexpr (K == generator_kind::resource) detail::tell_drops_of_error(*this);
        consumer_->from_.innermost_ = nullptr;
        consumer_->result_.set_error(std::current_exception());
    }

    template <class U = T>
        requires std::convertible_to<U&&, T>
    yielding yield_value(U&& item) {
        consumer_->result_.put_value(std::forward<U>(item));
        return {};
    }
    delegation yield_value(
        detail::elements<basic_generator>&& all,
        std::source_location at = std::source_location::current()) noexcept {
        this->where = at;
        static_assert(K == generator_kind::plain,
                      "a resource_generator delegates with a loop: while (auto item = "
                      "co_await inner.next()) co_yield std::move(*item);");
        return delegation(std::move(all.inner));
    }

    template <class A>
    decltype(auto) await_transform(
        A&& a, std::source_location at = std::source_location::current()) {
        static_assert(
            K == generator_kind::resource ||
                !requires { typename std::remove_cvref_t<A>::is_own; },
            "a generator that is left early has no place to await a drop: use a "
            "resource_generator");
        return detail::awaiting_promise<F>::await_transform(std::forward<A>(a), at);
    }

private:
    friend basic_generator;
    template <class P>
    void adopt(P& parameter) noexcept {
        if constexpr (detail::is_owned<P>) parameter.belong_to(*this);
    }
    /// It goes on, awaited in `outer`: so do its drops, which are a context of its own.
    void enter(context& outer) noexcept {
        if constexpr (K == generator_kind::resource) {
            if (detail::has_drops(*this)) {
                auto& carried = static_cast<detail::drops&>(*this->scope);
                return carried.calls->begin(carried, outer);
            }
        }
        this->scope = &outer;
    }
    /// It is suspended, and where it was awaited may be gone when it goes on.
    void leave() noexcept {
        if constexpr (K == generator_kind::resource) {
            if (detail::has_drops(*this)) {
                this->scope->unlink();
            } else {
                this->scope = nullptr;
            }
        }
    }

    next_operation* consumer_ = nullptr;  // while its `next()` is being awaited
};

namespace local {
template <class T>
using generator = local_generator<T>;
}  // namespace local

template <class T, flavour F, generator_kind K>
inline constexpr bool enable_shareable<basic_generator<T, F, K>> = false;

}  // namespace coil

/// As for a task: so may what it is given.
template <class T, coil::generator_kind K, class... Parameters>
struct std::coroutine_traits<coil::basic_generator<T, coil::flavour::movable, K>,
                             Parameters...> {
    using promise_type =
        typename coil::basic_generator<T, coil::flavour::movable, K>::promise_type;
    static_assert(coil::detail::unfit_parameter<Parameters...>::has_sendable_drop,
                  "a coil::generator may move between threads, and this parameter's "
                  "async_drop() is a coil::local_task: make this coroutine a "
                  "local_generator");
    static_assert(
        coil::detail::unfit_parameter<Parameters...>::is_sendable,
        "a coil::generator may move between threads, and its parameter<number, "
        "type> (a member function's object counts) may not: make this "
        "coroutine a local_generator, or hand over something else");
};

#include <coil/stream/detail/delegation.hpp>
