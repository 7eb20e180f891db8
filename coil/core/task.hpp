// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/awaitable.hpp>
#include <coil/core/detail/flavour.hpp>
#include <coil/core/detail/parameters.hpp>
#include <coil/core/detail/parts.hpp>
#include <coil/core/detail/promise_choice.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/foreign.hpp>
#include <coil/core/outcome.hpp>
#include <coil/core/promise.hpp>

#include <source_location>
#include <utility>

namespace coil {

template <class T, flavour F>
class basic_task;

/// A lazy async function: does nothing until awaited, is awaited once, owns its frame.
///
/// It may move between threads at its suspension points, so what it takes, awaits and
/// gives has to be `sendable`. Use `local_task` for work that is bound to one executor
/// (a GUI's, a device's).
///
/// \snippet coil/core/task_test.cpp  a task awaits a task
///
/// Stop: ends at its next leaf; locals are destroyed, innermost first.
/// Allocates: one frame, from `allocate_frame`.
template <class T = void>
using task = basic_task<T, flavour::movable>;

/// A task bound to the executor it started on; it may hold anything.
template <class T = void>
using local_task = basic_task<T, flavour::local>;

namespace detail {

/// How every coil coroutine awaits: leaves in place, recipes by their operation,
/// anything else through an adapter that keeps the strand serial.
template <flavour F>
struct awaiting_promise : promise_base {
    template <class A>
    decltype(auto) await_transform(
        A&& a, std::source_location at = std::source_location::current()) {
        where = at;
        if constexpr (!awaitable<A> && awaitable<std::remove_reference_t<A>>) {
            static_assert(always_false<A>,
                          "a task is awaited once and is used up by it: write "
                          "co_await std::move(it)");
            return no_awaitable();
        } else if constexpr (!awaitable<A>) {
            static_assert(always_false<A>,
                          "co_await needs something awaitable: a task, a leaf such as "
                          "coil::sleep(), or a type with await_ready/suspend/resume");
            return no_awaitable();
        } else {
            if constexpr (F == flavour::local) {
            } else if constexpr (has_local_value<std::remove_cvref_t<A>>) {
                static_assert(!has_local_value<std::remove_cvref_t<A>>,
                              "a coil::task may move between threads, and the value of "
                              "this task_local may not, or may not be read from two: "
                              "make this coroutine a local_task, or take another type");
            } else if constexpr (says_local<std::remove_cvref_t<A>>) {
                static_assert(!says_local<std::remove_cvref_t<A>>,
                              "a coil::task may move between threads, so it cannot "
                              "await a coil::local_task: make this coroutine a "
                              "local_task too");
            } else {
                static_assert(is_sendable_v<A>,
                              "a coil::task may move between threads, and what it "
                              "awaits here may not: make this coroutine a local_task");
            }
            if constexpr (leaf_type<A>) {
                return a.attach(continuation(*this));
            } else if constexpr (recipe_type<A>) {
                static_assert(std::is_rvalue_reference_v<A&&>,
                              "a task is awaited once and is used up by it: write "
                              "co_await std::move(it)");
                static_assert(
                    is_aligned_as_a_frame<A> && is_aligned_as_a_frame<awaiter_of<A>>,
                    "what is awaited lies in the coroutine's frame, which is "
                    "aligned for "
                    "two pointers: keep what needs more somewhere else");
                return std::forward<A>(a).operator co_await();
            } else {
                return foreign_operation<A>(continuation(*this), std::forward<A>(a));
            }
        }
    }
};

template <class T>
struct result_receiver : receiver {
    outcome<T> result;
};

template <class T, flavour F>
struct task_promise_base : awaiting_promise<F> {
    std::suspend_always initial_suspend() const noexcept { return {}; }
    final_awaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept {
        check_not_unwinding(*this);
        tell_drops_of_error(*this);
        result().set_error(std::current_exception());
    }

protected:
    outcome<T>& result() noexcept {
        return static_cast<result_receiver<T>*>(this->up)->result;
    }
};

template <class T, flavour F>
struct task_promise : task_promise_base<T, F> {
    basic_task<T, F> get_return_object() noexcept {
        static_assert(!std::is_rvalue_reference_v<T>,
                      "a task cannot give an rvalue reference, which may be to a "
                      "temporary that is gone by then: give the object itself");
        if constexpr (F == flavour::movable) {
            static_assert(
                is_sendable_v<T>,
                "a coil::task may move between threads, and what this one "
                "gives may not: make it a local_task, or give something else");
        }
        if constexpr (!std::is_reference_v<T>) {
            static_assert(std::is_move_constructible_v<T>,
                          "a task moves its result to who awaits it, and this type "
                          "cannot be moved: give a std::unique_ptr to it");
            (void)drops_of<T>();
            static_assert(is_aligned_as_a_frame<T>,
                          "a coroutine's frame is aligned for two pointers, so a task "
                          "cannot give what needs more: give a pointer to it");
        }
        return basic_task<T, F>(*this);
    }
    // By value, so that conversions of numbers happen, and warn, at the co_return.
    void return_value(T value)
        requires std::is_scalar_v<T>
    {
        this->result().put_value(value);
    }
    // As `return` would: no explicit conversion, and no reference to a temporary.
    template <class U = T>
        requires(!std::is_scalar_v<T>)
    void return_value(U&& value) {
        static_assert(
            std::is_convertible_v<U&&, T>,
            "what this co_return has does not convert to what the task gives");
        static_assert(
            binds_to_what_stays<T, U>,
            "this task gives a reference, and what co_return has would be gone: give "
            "the object itself, or a reference to one that stays");
        if constexpr (std::is_reference_v<T>) {
            this->result().put_value(std::forward<U>(value));
        } else if constexpr (std::is_convertible_v<U&&, T>) {
            this->result().put_made([&]() -> T { return std::forward<U>(value); });
        }
    }
};

template <flavour F>
struct task_promise<void, F> : task_promise_base<void, F> {
    basic_task<void, F> get_return_object() noexcept;
    void return_void() noexcept { this->result().put_value(); }
};

/// The awaiter of a task, built in the awaiting frame; the result lands in it.
template <class T>
class task_operation : result_receiver<T> {
public:
    explicit task_operation(frame_handle child) noexcept { this->child = child; }
    task_operation(const task_operation&) = delete;
    task_operation& operator=(const task_operation&) = delete;
    // Always inlined: where the await has ended nothing is left of it.
    COIL_ALWAYS_INLINE ~task_operation() {
        if (this->child && this->child != gone_child()) [[unlikely]]
            forget_child();
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> waiting) noexcept {
        if constexpr (coil_promise<Promise>) {
            return begin(continuation(waiting));
        } else {
            static_assert(
                always_false<Promise>,
                "a coil task can be awaited only in a coil coroutine; in another "
                "library's coroutine, write co_await coil::as_foreign(runtime, it)");
            return waiting;
        }
    }
    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->parent = parent;
        return begin_frame(this->child, *this);
    }
    T await_resume() {
        if (!this->result.has_value()) [[unlikely]]
            throw_and_destroy();
        destroy_ended();
        return this->result.take_value();
    }
    /// As `await_resume`, without throwing the error.
    outcome<T> take_outcome() noexcept(
        noexcept(outcome<T>(std::declval<outcome<T>>()))) {
        destroy_ended();
        return std::move(this->result);
    }

private:
    /// It never began: otherwise it would have ended, or been unwound.
    [[gnu::noinline, gnu::cold]] void forget_child() noexcept {
        COIL_EXPECTS(!this->parent &&
                     "a running task's frame was destroyed from outside");
        destroy_never_begun(this->child);
    }
    /// The frame ends while the error passes, as a function's parameters do.
    [[noreturn, gnu::noinline, gnu::cold]] void throw_and_destroy() {
        struct ends {
            task_operation& of;
            ~ends() { of.destroy_ended(); }
        } const at_the_end{*this};
        std::exception_ptr error = this->result.error();
        this->result.clear();
        detail::rethrow(std::move(error));
    }
    void destroy_ended() noexcept {
        this->child.destroy();
        this->child = nullptr;  // after the call, so that the compiler still knows it
    }
};

}  // namespace detail

template <class T, flavour F>
class COIL_TRIVIAL_ABI
    [[nodiscard("a coil::task does nothing until it is awaited: write co_await")]]
    basic_task {
public:
    using promise_type = detail::task_promise<T, F>;
    using value_type = T;
    static constexpr bool is_local = F == flavour::local;

    basic_task(basic_task&& other) noexcept
        : frame_(std::exchange(other.frame_, nullptr)) {}
    basic_task& operator=(basic_task&& other) noexcept {
        basic_task gone(std::move(*this));
        frame_ = std::exchange(other.frame_, nullptr);
        return *this;
    }
    // Always inlined: then no path of an awaiting coroutine takes the address of the
    // task that it awaits, and what is known to be null is asked no more.
    COIL_ALWAYS_INLINE ~basic_task() {
        if (frame_) detail::destroy_never_begun(frame_);
    }

    detail::task_operation<T> operator co_await() && noexcept {
        COIL_EXPECTS(frame_ && "a task can be awaited once");
        return detail::task_operation<T>(std::exchange(frame_, nullptr));
    }

private:
    friend promise_type;
    explicit basic_task(detail::promise_base& frame) noexcept
        : frame_(detail::handle_of(frame)) {}

    detail::frame_handle frame_;
};

namespace detail {
template <flavour F>
basic_task<void, F> task_promise<void, F>::get_return_object() noexcept {
    static_assert(alignof(task_promise) <= 2 * sizeof(void*));
    return basic_task<void, F>(*this);
}
}  // namespace detail

/// The task flavour that fits its parts: local as soon as one of them is. A part is
/// what is awaited, or the callable or service that gives it:
///
/// \snippet coil/core/call_test.cpp  a layer that is as movable as what it calls
///
/// A callable that is overloaded or generic does not say which of its futures is meant:
/// there name it, `task_like<T, call_result_t<S&, request>>`. If that is forgotten, the
/// `co_await` of a local future is refused.
template <class T, class... Parts>
using task_like = basic_task<
    T, (detail::part_is_local<std::remove_pointer_t<std::remove_cvref_t<Parts>>> || ...)
           ? flavour::local
           : flavour::movable>;

template <class T, flavour F>
inline constexpr bool enable_shareable<basic_task<T, F>> = false;
/// It is for one call at a time, which may move between threads.
template <>
inline constexpr bool enable_shareable<frame_place> = true;

namespace local {
/// The same names for programs that are local throughout (GUI, firmware).
template <class T = void>
using task = local_task<T>;
}  // namespace local

}  // namespace coil

/// A coroutine that may move between threads: so may what it is given.
template <class T, class... Parameters>
struct std::coroutine_traits<coil::basic_task<T, coil::flavour::movable>,
                             Parameters...> {
    using promise_type =
        coil::detail::task_promise_for<T, coil::flavour::movable, Parameters...>;
    static_assert(coil::detail::unfit_parameter<Parameters...>::has_sendable_drop,
                  "a coil::task may move between threads, and this parameter's "
                  "async_drop() is a coil::local_task: make this coroutine a "
                  "local_task too");
    static_assert(coil::detail::unfit_parameter<Parameters...>::is_sendable,
                  "a coil::task may move between threads, and its parameter<number, "
                  "type> (a member function's object counts) may not: make this "
                  "coroutine a local_task, or hand over something else");
};
template <class T, class... Parameters>
struct std::coroutine_traits<coil::basic_task<T, coil::flavour::local>, Parameters...> {
    using promise_type =
        coil::detail::task_promise_for<T, coil::flavour::local, Parameters...>;
};
