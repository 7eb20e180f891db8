// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/awaitable.hpp>

#include <exception>

namespace coil {

namespace detail {

/// What another library's awaiter sees as the promise of the coroutine that awaits it.
/// It is not a coil promise, so nothing written through it reaches coil's state.
struct foreign_promise {};

/// The one place where something that is no coroutine has a coroutine's shape: two
/// function pointers, as the frame of `std::noop_coroutine` has. A standard awaiter
/// insists on a handle, and resuming the real one from a foreign thread would run two
/// pieces of a strand at once. `foreign_test.cpp` tests that the compiler agrees.
struct foreign_frame {
    void (*resume)(foreign_frame*);
    void (*destroy)(foreign_frame*);
    foreign_promise promise;

    std::coroutine_handle<foreign_promise> handle() noexcept {
        return std::coroutine_handle<foreign_promise>::from_address(this);
    }
};

/// The part that does not depend on the awaiter's type.
class foreign_wait : public leaf, public remote_message {
public:
    foreign_wait(const foreign_wait&) = delete;

protected:
    explicit foreign_wait(continuation parent) noexcept;

    [[nodiscard]] std::coroutine_handle<> handle() noexcept { return frame_.handle(); }
    [[nodiscard]] std::coroutine_handle<foreign_promise> typed_handle() noexcept {
        return frame_.handle();
    }
    /// Whether the wait may begin. False: a stop came first, and unwinding has begun.
    [[nodiscard]] bool may_begin() noexcept;
    /// It is ready, but this turn's budget is spent.
    std::coroutine_handle<> ready_next_turn() noexcept {
        complete();
        return std::noop_coroutine();
    }
    /// `await_suspend` has returned; `next` is what it wants to run, if anything.
    std::coroutine_handle<> suspended(std::coroutine_handle<> next) noexcept;
    /// `await_suspend` said that there is nothing to wait for.
    std::coroutine_handle<> not_suspended() noexcept;

private:
    enum class state : unsigned char { starting, waiting, resumed, destroyed };

    static foreign_wait& of(foreign_frame& frame) noexcept;
    void end(state how) noexcept;
    void finish() noexcept;

    struct named_frame : foreign_frame {
        foreign_wait* owner;
    };
    named_frame frame_;
    strand* home_;
    state state_ = state::starting;  // atomic: foreign.cpp uses an atomic_ref
    static const piece_ops table;
};

}  // namespace detail

/// Awaits another library's awaitable without giving up the strand's serial law: its
/// resumption, from whichever thread, is a message to the runtime.
///
/// Stop: cannot be passed on; the await ends when the foreign operation does. If that
/// destroys the coroutine instead of resuming it, the await ends as stopped.
template <class A>
class foreign_operation : detail::foreign_wait {
public:
    foreign_operation(continuation parent, A&& awaitable)
        : foreign_wait(parent),
          awaiter_(detail::get_awaiter(std::forward<A>(awaitable))) {}

    [[nodiscard]] bool await_ready() {
        if (this->parent().scope().stop_requested()) return false;
        is_ready_ = static_cast<bool>(awaiter_.await_ready());
        return is_ready_ && this->home().spend();
    }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
        return begin();
    }
    std::coroutine_handle<> begin() noexcept {
        if (!this->may_begin()) return std::noop_coroutine();
        if (is_ready_) return this->ready_next_turn();
#if COIL_EXCEPTIONS
        try {
            return suspend();
        } catch (...) {
            error_ = std::current_exception();
            return this->not_suspended();
        }
#else
        return suspend();
#endif
    }
    decltype(auto) await_resume() {
#if COIL_EXCEPTIONS
        if (error_) std::rethrow_exception(error_);
#endif
        return awaiter_.await_resume();
    }

private:
    std::coroutine_handle<> suspend() {
        using result = decltype(awaiter_.await_suspend(this->typed_handle()));
        if constexpr (std::is_void_v<result>) {
            awaiter_.await_suspend(this->typed_handle());
            return this->suspended({});
        } else if constexpr (std::is_same_v<result, bool>) {
            const bool suspends = awaiter_.await_suspend(this->typed_handle());
            return suspends ? this->suspended({}) : this->not_suspended();
        } else {
            return this->suspended(awaiter_.await_suspend(this->typed_handle()));
        }
    }

    detail::awaiter_of<A> awaiter_;
    std::exception_ptr error_;
    bool is_ready_ = false;
};

}  // namespace coil
