// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/core/awaitable.hpp>
#include <coil/core/detail/branches.hpp>

namespace coil {

namespace detail {

template <class... A>
class join_operation : public branches<join_operation<A...>, A...> {
    using base = branches<join_operation<A...>, A...>;
    friend base;

public:
    static constexpr const char* what = "join";
    using base::base;

    auto await_resume() { return take(std::index_sequence_for<A...>()); }

private:
    enum class failure : unsigned char { none, error, stopped };

    void has_ended(std::size_t index, bool has_error) noexcept {
        if (!has_error || failure_ != failure::none) return;
        failure_ = failure::error;
        failed_ = index;
        if (!COIL_PLANTED(join_lets_siblings_run))
            this->stop_others(stop_reason::sibling_ended);
    }
    void was_stopped() noexcept {
        if (failure_ != failure::none) return;
        failure_ = failure::stopped;
        this->stop_others(stop_reason::sibling_ended);
    }
    [[nodiscard]] bool is_thrown_away(std::size_t) const noexcept {
        return failure_ != failure::none;
    }
    [[nodiscard]] bool ends_with_result() const noexcept {
        return failure_ != failure::stopped;
    }
    template <std::size_t... I>
    auto take(std::index_sequence<I...>) {
        if (failure_ == failure::error) {
            ((I == failed_ ? (void)this->template result<I>().take() : void()), ...);
        }
        if constexpr ((std::is_void_v<await_result_t<A>> && ...)) {
            return;
        } else {
            return std::tuple<element<await_result_t<A>>...>{take_one<I>()...};
        }
    }
    template <class T>
    using element = std::conditional_t<std::is_void_v<T>, unit, T>;
    template <std::size_t I>
    decltype(auto) take_one() {
        auto& from = this->template result<I>();
        if constexpr (std::is_void_v<decltype(from.take())>) {
            return unit{};
        } else {
            return from.take();
        }
    }

    std::size_t failed_ = 0;
    failure failure_ = failure::none;
};

template <class... A>
class join_outcomes_operation : public branches<join_outcomes_operation<A...>, A...> {
    using base = branches<join_outcomes_operation<A...>, A...>;
    friend base;

public:
    static constexpr const char* what = "join_outcomes";
    using base::base;

    std::tuple<outcome<await_result_t<A>>...> await_resume() {
        return take(std::index_sequence_for<A...>());
    }

private:
    void has_ended(std::size_t, bool) noexcept {}
    void was_stopped() noexcept {}
    [[nodiscard]] bool is_thrown_away(std::size_t) const noexcept { return false; }
    [[nodiscard]] bool ends_with_result() const noexcept { return true; }
    template <std::size_t... I>
    std::tuple<outcome<await_result_t<A>>...> take(std::index_sequence<I...>) {
        return {std::move(this->template result<I>())...};
    }
};

}  // namespace detail

/// Runs several awaitables together inside this strand, until all have ended: they
/// overlap waiting, not computing, so they need no lock and nothing `sendable`.
///
/// \snippet coil/core/join_test.cpp  two requests at once
///
/// Returns: a tuple of the results (`unit` for `void`); nothing if all are `void`.
/// Errors: the first error stops the others, which are awaited; then it is rethrown.
/// Values that others gave meanwhile are dropped.
/// Stop: reaches all of them. If one stops by itself, the others are stopped, too.
/// Allocates: never; each branch lives in the awaiting frame.
template <awaitable... A>
    requires(sizeof...(A) > 0)
auto join(A&&... parts) {
    return detail::parts_recipe<detail::join_operation, A...>(
        std::forward<A>(parts)...);
}

template <class... A>
    requires(sizeof...(A) > 0 && !(awaitable<A> && ...))
auto join(A&&...) {
    return detail::refuse_parts<A...>();
}

/// As `join`, but an error or a stop of one leaves the others alone: gives a tuple of
/// their outcomes.
///
/// \snippet coil/core/join_test.cpp  all outcomes
template <awaitable... A>
    requires(sizeof...(A) > 0)
auto join_outcomes(A&&... parts) {
    return detail::parts_recipe<detail::join_outcomes_operation, A...>(
        std::forward<A>(parts)...);
}

template <class... A>
    requires(sizeof...(A) > 0 && !(awaitable<A> && ...))
auto join_outcomes(A&&...) {
    return detail::refuse_parts<A...>();
}

}  // namespace coil
