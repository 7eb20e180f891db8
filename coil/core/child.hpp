// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/awaitable.hpp>
#include <coil/core/foreign.hpp>
#include <coil/core/outcome.hpp>

#include <tuple>

namespace coil::detail {

template <class A>
struct operation_of {
    using type = foreign_operation<A>;
};
template <leaf_type A>
struct operation_of<A> {
    using type = std::remove_cvref_t<A>;
};
template <recipe_type A>
struct operation_of<A> {
    using type = std::remove_cvref_t<awaiter_of<A>>;
};

template <class Operation, class T>
concept gives_outcome = requires(Operation& o) {
    { o.take_outcome() } -> std::same_as<outcome<T>>;
};

/// A nested stop scope that is opened once its place is known.
class nested_scope : public context {
public:
    nested_scope() noexcept = default;
    void open(context& outer) noexcept { nest_in(outer); }
    void open_shielded(context& outer) noexcept {
        shield();
        nest_in(outer);
    }
    void close() noexcept { unlink(); }
};

template <class A>
concept is_own_recipe = requires { typename std::remove_cvref_t<A>::is_own; };

/// One awaitable run on behalf of something that is no coroutine: every combinator is
/// made of these. The owner's hooks are told how it ends; each calls `collect()` or
/// `collect_stopped()` first. Starting never throws: a failure is the child's outcome.
template <class A>
class child : public branch {
public:
    using value_type = await_result_t<A>;
    using operation = typename operation_of<A>::type;

    explicit child(const branch_ops& table) noexcept : branch{nullptr, &table} {}
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() { end(); }

    /// Begins `awaitable` in `within`. Returns what to run next.
    std::coroutine_handle<> begin(A&& awaitable, context& within) noexcept {
        static_assert(
            !is_own_recipe<A>,
            "own is awaited by itself, in the coroutine that is to own the object");
        scope = &within;
#if COIL_EXCEPTIONS
        try {
            make(std::forward<A>(awaitable));
            if (is_ready()) return ops->completed(*this);
        } catch (...) {
            return fail(std::current_exception());
        }
#else
        make(std::forward<A>(awaitable));
        if (is_ready()) return ops->completed(*this);
#endif
        if constexpr (leaf_type<A>) {
            operation_->begin();
            return std::noop_coroutine();
        } else if constexpr (recipe_type<A>) {
            return operation_.begin(continuation(*this));
        } else {
            return operation_.begin();
        }
    }

    /// It could not even be made: that is its outcome.
    std::coroutine_handle<> fail(std::exception_ptr error) noexcept {
        end();
        result.set_error(std::move(error));
        return ops->completed(*this);
    }

    /// Takes the result, then destroys the operation.
    void collect() noexcept {
        if (!is_live_) return;
#if COIL_EXCEPTIONS
        try {
            take();
        } catch (...) {
            result.set_error(std::current_exception());
        }
#else
        take();
#endif
        end();
    }
    void collect_stopped() noexcept { end(); }

    outcome<value_type> result;

private:
    // A leaf waits in place; anything else is built here.
    using stored = std::conditional_t<leaf_type<A>, operation*, operation>;

    void make(A&& awaitable) {
        void* const place = static_cast<void*>(std::addressof(operation_));
        if constexpr (leaf_type<A>) {
            ::new (place) stored(&awaitable.attach(continuation(*this)));
        } else if constexpr (recipe_type<A>) {
            ::new (place) stored(std::forward<A>(awaitable).operator co_await());
        } else {
            ::new (place) stored(continuation(*this), std::forward<A>(awaitable));
        }
        is_live_ = true;
    }
    bool is_ready() {
        if constexpr (leaf_type<A>) {
            return operation_->await_ready();
        } else if constexpr (recipe_type<A>) {
            return false;
        } else {
            return operation_.await_ready();
        }
    }
    void take() {
        auto& op = target();
        if constexpr (gives_outcome<operation, value_type>) {
            result = op.take_outcome();
        } else if constexpr (std::is_void_v<value_type>) {
            op.await_resume();
            result.set_value();
        } else {
            result.set_value(op.await_resume());
        }
    }
    operation& target() noexcept {
        if constexpr (leaf_type<A>) {
            return *operation_;
        } else {
            return operation_;
        }
    }
    void end() noexcept {
        if (!is_live_) return;
        is_live_ = false;
        operation_.~stored();
    }

    union {
        stored operation_;
    };
    bool is_live_ = false;
};

/// A branch that only listens: it is told that something else has ended.
class listening_branch : public branch {
public:
    explicit listening_branch(const branch_ops& table) noexcept
        : branch{nullptr, &table} {}
    void collect() const noexcept {}
    void collect_stopped() const noexcept {}
};

/// A child (or a call) that belongs to an operation and tells it how it ended.
/// `Completed` and `Stopped` are members of `Owner` that say what to run next;
/// `Owner::parent()` and `Owner::what` serve backtraces.
template <class Child, class Owner, auto Completed, auto Stopped>
class part : public Child {
public:
    explicit part(Owner& owner) noexcept : Child(table), owner_(owner) {}

private:
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& self = static_cast<part&>(b);
        self.collect();
        return tell(self.owner_, Completed);
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& self = static_cast<part&>(b);
        self.collect_stopped();
        return tell(self.owner_, Stopped);
    }
    // The hook may be one of a base class of the owner.
    template <class C>
    static std::coroutine_handle<> tell(
        std::type_identity_t<C>& of,
        std::coroutine_handle<> (C::*hook)() noexcept) noexcept {
        return (of.*hook)();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const part&>(b).owner_.parent();
    }
    static constexpr branch_ops table = {&completed, &stopped, &parent_of, Owner::what};

    Owner& owner_;
};

/// What every operation that is awaited in a coil frame shares: who awaits it, and the
/// standard awaiter's functions, made from `begin(parent)`.
template <class Derived>
class frame_operation {
public:
    frame_operation() = default;
    frame_operation(const frame_operation&) = delete;
    frame_operation& operator=(const frame_operation&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> waiting) noexcept {
        if constexpr (coil_promise<Promise>) {
            return static_cast<Derived*>(this)->begin(continuation(waiting));
        } else {
            static_assert(
                always_false<Promise>,
                "coil's combinators can be awaited only in a coil coroutine; in "
                "another library's coroutine, wrap a task with coil::as_foreign");
            return waiting;
        }
    }
    [[nodiscard]] continuation parent() const noexcept { return parent_; }

protected:
    ~frame_operation() = default;
    void set_parent(continuation parent) noexcept { parent_ = parent; }
    std::coroutine_handle<> complete() noexcept { return parent_.complete(); }
    std::coroutine_handle<> unwind() noexcept { return unwind_to(parent_); }

private:
    continuation parent_;
};

}  // namespace coil::detail
