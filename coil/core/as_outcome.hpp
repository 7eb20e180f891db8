// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/sendable.hpp>

#include <concepts>
#include <utility>

namespace coil {

namespace detail {

template <class A>
class outcome_operation : public frame_operation<outcome_operation<A>> {
public:
    static constexpr const char* what = "as_outcome";

    explicit outcome_operation(A&& part) noexcept : part_(std::forward<A>(part)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        return child_.begin(std::forward<A>(part_), parent.scope());
    }
    outcome<await_result_t<A>> await_resume() { return std::move(child_.result); }

private:
    A&& part_;
    part<child<A>, outcome_operation, &outcome_operation::complete,
         &outcome_operation::complete>
        child_{*this};
};

template <class A>
class shield_operation : public frame_operation<shield_operation<A>> {
public:
    static constexpr const char* what = "shield";

    explicit shield_operation(A&& part) noexcept : part_(std::forward<A>(part)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        scope_.open_shielded(parent.scope());
        return child_.begin(std::forward<A>(part_), scope_);
    }
    await_result_t<A> await_resume() { return child_.result.take(); }

private:
    A&& part_;
    nested_scope scope_;
    part<child<A>, shield_operation, &shield_operation::complete,
         &shield_operation::unwind>
        child_{*this};
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

/// What is awaited if a condition holds, or whose result is taken if it fits.
template <class Condition, class A>
class when_operation : public frame_operation<when_operation<Condition, A>> {
    using value = await_result_t<A>;
    static constexpr bool is_asked_first = std::is_same_v<Condition, bool>;
    static_assert(is_asked_first || !needs_async_drop<value>,
                  "a result that does not fit is thrown away, and this one needs an "
                  "async drop: take it, and drop it where it does not fit");

public:
    static constexpr const char* what = "when";

    when_operation(Condition& condition, A&& part) noexcept
        : condition_(condition),
          part_(std::forward<A>(part)) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        this->set_parent(parent);
        if constexpr (is_asked_first) {
            if (!condition_) return this->unwind();
        }
        return child_.begin(std::forward<A>(part_), parent.scope());
    }
    value await_resume() { return child_.result.take(); }

private:
    std::coroutine_handle<> ended() noexcept {
        if constexpr (!is_asked_first) {
            if (!fits()) return this->unwind();
        }
        return this->complete();
    }
    bool fits() noexcept {
        auto& result = child_.result;
        if (!result.has_value()) return true;  // an error is told
#if COIL_EXCEPTIONS
        try {
            return condition_(std::as_const(result).value());
        } catch (...) {
            result.clear();
            result.set_error(std::current_exception());
            return true;
        }
#else
        return condition_(std::as_const(result).value());
#endif
    }

    Condition& condition_;
    A&& part_;
    part<child<A>, when_operation, &when_operation::ended, &when_operation::unwind>
        child_{*this};
};

template <class Condition, class A>
class [[nodiscard(
    "when does nothing until it is awaited: write co_await")]] when_recipe {
public:
    static constexpr bool is_local = is_local_v<A> || !is_sendable_v<Condition>;

    when_recipe(Condition condition, A&& part)
        : condition_(std::move(condition)),
          part_(std::forward<A>(part)) {}
    when_operation<Condition, A> operator co_await() && noexcept {
        return {condition_, std::forward<A>(part_)};
    }

private:
    Condition condition_;
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

template <class A>
    requires(!awaitable<A>)
auto as_outcome(A&&) {
    return detail::refuse_parts<A>();
}
template <class A>
    requires(!awaitable<A>)
auto shield(A&&) {
    return detail::refuse_parts<A>();
}

/// A branch of a race that is in it only `when` a condition holds: a `bool`, or a
/// function that says whether the branch's result fits.
///
/// \snippet coil/core/race_test.cpp  branches with conditions
///
/// One that is not in it ends as stopped, which a race passes over. If none is in it,
/// the race itself is stopped: `as_outcome(race(...))` tells.
///
/// Returns: the branch's result. Errors: the branch's, and what the function throws. A
/// result that does not fit is thrown away. Stop: reaches the branch. Allocates: never.
template <class Condition, awaitable A>
    requires(std::same_as<Condition, bool> ||
             std::predicate<Condition&, const await_result_t<A>&>)
auto when(Condition condition, A&& part) {
    return detail::when_recipe<Condition, A>(std::move(condition),
                                             std::forward<A>(part));
}

}  // namespace coil
