// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>

namespace coil {

namespace detail {

/// What every operation that runs in a coil frame shares: the standard awaiter's
/// functions, made from `begin(parent)`.
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
        static_assert(coil_promise<Promise>,
                      "coil's combinators can be awaited only in a coil coroutine; in "
                      "another library's coroutine, wrap a task with coil::as_foreign");
        return static_cast<Derived*>(this)->begin(continuation(waiting.promise()));
    }
};

template <class A>
class outcome_operation : public frame_operation<outcome_operation<A>> {
public:
    using value_type = outcome<await_result_t<A>>;

    explicit outcome_operation(A&& part) noexcept : part_(std::forward<A>(part)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        parent_ = parent;
        return child_.begin(std::forward<A>(part_), parent.scope());
    }
    value_type await_resume() noexcept { return std::move(child_.result); }

private:
    struct kid : child<A> {
        explicit kid(outcome_operation& o) noexcept : child<A>(table), owner(o) {}
        outcome_operation& owner;
    };
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& ended = static_cast<kid&>(b);
        ended.collect();
        return ended.owner.parent_.complete();
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& ended = static_cast<kid&>(b);
        ended.collect_stopped();
        return ended.owner.parent_.complete();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const kid&>(b).owner.parent_;
    }
    static constexpr branch_ops table = {&completed, &stopped, &parent_of,
                                         "as_outcome"};

    A&& part_;
    continuation parent_;
    kid child_{*this};
};

template <class A>
class shield_operation : public frame_operation<shield_operation<A>> {
public:
    explicit shield_operation(A&& part) noexcept : part_(std::forward<A>(part)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        parent_ = parent;
        scope_.open_shielded(parent.scope());
        return child_.begin(std::forward<A>(part_), scope_);
    }
    await_result_t<A> await_resume() { return child_.result.take(); }

private:
    struct kid : child<A> {
        explicit kid(shield_operation& o) noexcept : child<A>(table), owner(o) {}
        shield_operation& owner;
    };
    static std::coroutine_handle<> completed(branch& b) noexcept {
        auto& ended = static_cast<kid&>(b);
        ended.collect();
        return ended.owner.parent_.complete();
    }
    static std::coroutine_handle<> stopped(branch& b) noexcept {
        auto& ended = static_cast<kid&>(b);
        ended.collect_stopped();
        ended.owner.parent_.scope().home().unwind(ended.owner.parent_);
        return std::noop_coroutine();
    }
    static continuation parent_of(const branch& b) noexcept {
        return static_cast<const kid&>(b).owner.parent_;
    }
    static constexpr branch_ops table = {&completed, &stopped, &parent_of, "shield"};

    A&& part_;
    continuation parent_;
    nested_scope scope_;
    kid child_{*this};
};

/// A recipe with one part: movable, not yet started; builds its operation in the frame.
template <template <class> class Operation, class A>
class [[nodiscard(
    "a recipe does nothing until it is awaited: write co_await")]] unary_recipe {
public:
    static constexpr bool is_local = is_local_v<A>;

    explicit unary_recipe(A&& part) : part_(std::forward<A>(part)) {}
    Operation<A> operator co_await() && noexcept {
        return Operation<A>(std::forward<A>(part_));
    }

private:
    A part_;
};

}  // namespace detail

/// Runs `part` and looks at how it ended: value, error or stopped.
///
/// \snippet coil/core/as_outcome_test.cpp  a stop is seen as a value
///
/// Stop: reaches `part`; its end is seen here. A stop is sticky: when it came from
/// outside, the next leaf that begins is stopped again.
template <awaitable A>
auto as_outcome(A&& part) {
    return detail::unary_recipe<detail::outcome_operation, A>(std::forward<A>(part));
}

/// Runs `part` unheard by soft stops: what began there ends there. A drop deadline's
/// hard stop still passes.
///
/// \snippet coil/core/as_outcome_test.cpp  a shield keeps a stop out
template <awaitable A>
auto shield(A&& part) {
    return detail::unary_recipe<detail::shield_operation, A>(std::forward<A>(part));
}

}  // namespace coil
