// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>

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

}  // namespace coil
