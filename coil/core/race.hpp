// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/attributes.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/awaitable.hpp>
#include <coil/core/detail/branches.hpp>

namespace coil {

namespace detail {
template <class Derived, class... A>
class basic_race;
template <class First, class... Rest>
inline constexpr bool all_same = (std::is_same_v<First, Rest> && ...);

template <class F, class T>
decltype(auto) call_handler(F&& handler, outcome<T>& won) {
    if constexpr (std::is_void_v<T>) {
        return std::forward<F>(handler)();
    } else {
        return std::forward<F>(handler)(won.take_value());
    }
}
template <class F, class T>
using handler_result_t =
    decltype(call_handler(std::declval<F>(), std::declval<outcome<T>&>()));
template <std::size_t I, class R, class Outcomes, class First, class... Rest>
R call_winner(std::size_t winner, Outcomes& all, First&& first, Rest&&... rest) {
    if constexpr (sizeof...(Rest) > 0) {
        if (winner != I)
            return call_winner<I + 1, R>(winner, all, std::forward<Rest>(rest)...);
    }
    return call_handler(std::forward<First>(first), std::get<I>(all));
}
}  // namespace detail

template <class... T>
class race_result;
namespace detail {
template <class... T, class... Outer>
struct drops_inside<race_result<T...>, Outer...>
    : drops_inside<std::tuple<outcome<T>...>, Outer...> {};
}  // namespace detail

/// Who won a race, and with what.
///
/// Requires: `get<I>()` only for the winner's index.
template <class... T>
class race_result {
    using results = std::tuple<outcome<T>...>;

public:
    [[nodiscard]] std::size_t index() const noexcept { return index_; }

    /// The value of branch `I`, which won (`unit` for `void`).
    template <std::size_t I>
    [[nodiscard]] auto& get() noexcept {
        COIL_EXPECTS(index_ == I);
        return std::get<branch<I>()>(outcomes_).value();
    }

    template <std::size_t I>
    [[nodiscard]] const auto& get() const noexcept {
        COIL_EXPECTS(index_ == I);
        return std::get<branch<I>()>(outcomes_).value();
    }

    /// The winner's value, when all branches have the same type.
    [[nodiscard]] auto& value() noexcept
        requires(detail::all_same<T...>)
    {
        return *value_at(*this, std::index_sequence_for<T...>());
    }
    [[nodiscard]] const auto& value() const noexcept
        requires(detail::all_same<T...>)
    {
        return *value_at(*this, std::index_sequence_for<T...>());
    }
    [[nodiscard]] auto& operator*() noexcept
        requires(detail::all_same<T...>)
    {
        return value();
    }
    [[nodiscard]] const auto& operator*() const noexcept
        requires(detail::all_same<T...>)
    {
        return value();
    }
    [[nodiscard]] auto* operator->() noexcept
        requires(detail::all_same<T...>)
    {
        return std::addressof(value());
    }
    [[nodiscard]] const auto* operator->() const noexcept
        requires(detail::all_same<T...>)
    {
        return std::addressof(value());
    }

    /// Calls the handler of the branch that won: there is one for each, in their order.
    /// It gets the value, or nothing if that is `void`. Gives what the handler gives,
    /// which is of the same type for all; if that is a task, await it.
    ///
    /// \snippet coil/core/race_test.cpp  a handler for each branch
    ///
    /// Nobody else runs meanwhile: the others have ended. For a handler of what is not
    /// ready, let the last branch be `ready()`.
    template <class... F>
        requires(sizeof...(F) == sizeof...(T))
    decltype(auto) visit(F&&... handlers) && {
        constexpr bool fits = detail::all_same<detail::handler_result_t<F, T>...>;
        static_assert(fits, "the handlers of a race's branches give all the same type");
        if constexpr (fits) {
            using given = std::tuple_element_t<
                0, std::tuple<std::type_identity<detail::handler_result_t<F, T>>...>>;
            return detail::call_winner<0, typename given::type>(
                index_, outcomes_, std::forward<F>(handlers)...);
        }
    }

private:
    template <std::size_t I>
    static constexpr std::size_t branch() noexcept {
        constexpr bool has_branch = I < sizeof...(T);
        static_assert(has_branch,
                      "the branches of a race are counted from 0, and this "
                      "one has fewer");
        return has_branch ? I : 0;
    }

    template <class, class...>
    friend class detail::basic_race;
    friend detail::value_drop<race_result>;
    race_result(std::size_t index, results&& outcomes)
        : outcomes_(std::move(outcomes)),
          index_(index) {}

    template <class Self, std::size_t... I>
    static auto* value_at(Self& self, std::index_sequence<I...>) noexcept {
        decltype(std::addressof(std::get<0>(self.outcomes_).value())) found = nullptr;
        ((I == self.index_
              ? (found = std::addressof(std::get<I>(self.outcomes_).value()), void())
              : void()),
         ...);
        return found;
    }

    results outcomes_;
    std::size_t index_;
};

/// `get<I>(result)`: for generic code, which would have to write `result.template`.
template <std::size_t I, class... T>
[[nodiscard]] auto& get(race_result<T...>& of) noexcept {
    return of.template get<I>();
}
template <std::size_t I, class... T>
[[nodiscard]] const auto& get(const race_result<T...>& of) noexcept {
    return of.template get<I>();
}

namespace detail {

/// Drops what the winner gave.
template <class... T>
    requires needs_async_drop<race_result<T...>>
class value_drop<race_result<T...>> {
public:
    std::coroutine_handle<> begin(race_result<T...>& object, exit_reason why,
                                  continuation parent) noexcept {
        return inner_.begin(object.outcomes_, why, parent);
    }

private:
    value_drop<std::tuple<outcome<T>...>> inner_;
};

template <class Derived, class... A>
class basic_race : public branches<Derived, A...> {
    using base = branches<Derived, A...>;
    friend base;

public:
    using base::base;

    race_result<await_result_t<A>...> await_resume() {
        return take(std::index_sequence_for<A...>());
    }

private:
    static constexpr std::size_t nobody = sizeof...(A);

    void has_ended(std::size_t index, bool) noexcept {
        if (winner_ != nobody) return;
        winner_ = index;
        this->stop_others(stop_reason::lost_race);
    }
    void was_stopped() const noexcept {}
    [[nodiscard]] bool is_thrown_away(std::size_t index) const noexcept {
        return index != winner_ && !COIL_PLANTED(race_loses_values);
    }
    [[nodiscard]] bool ends_with_result() const noexcept { return winner_ != nobody; }

    template <std::size_t... I>
    race_result<await_result_t<A>...> take(std::index_sequence<I...>) {
        ((I == winner_ && this->template result<I>().has_error()
              ? (void)this->template result<I>().take()
              : void()),
         ...);
        return {winner_, {take_if_won<I>()...}};
    }
    /// A loser's value has been dropped already.
    template <std::size_t I>
    auto take_if_won() {
        using ended = std::remove_reference_t<decltype(this->template result<I>())>;
        return I == winner_ ? std::move(this->template result<I>()) : ended();
    }

    std::size_t winner_ = nobody;
};

template <class... A>
class race_operation final : public basic_race<race_operation<A...>, A...> {
public:
    static constexpr const char* what = "race";
    using basic_race<race_operation, A...>::basic_race;
};
template <class... A>
class fair_race_operation final : public basic_race<fair_race_operation<A...>, A...> {
public:
    static constexpr const char* what = "fair_race";
    static constexpr bool begins_anywhere = true;
    using basic_race<fair_race_operation, A...>::basic_race;
};

}  // namespace detail

/// Runs several awaitables together inside this strand; the first to end wins, by a
/// value or by an error (the lowest index, if several are ready when it begins). The
/// others are stopped and awaited, and their late values are dropped.
///
/// Every leaf loses nothing when it is stopped, so a race may stand in a loop.
///
/// \snippet coil/core/race_test.cpp  the faster mirror
///
/// Returns: a `race_result`, which knows the winner's index.
/// Errors: the winner's. Losers' errors are dropped.
/// Stop: reaches all; the race is stopped only if no branch gave a result.
/// Allocates: never; each branch lives in the awaiting frame.
template <awaitable... A>
    requires(sizeof...(A) > 0)
COIL_STOPS_PARTS auto race(A&&... parts) {
    return detail::parts_recipe<detail::race_operation, A...>(
        std::forward<A>(parts)...);
}

template <class... A>
    requires(sizeof...(A) > 0 && !(awaitable<A> && ...))
auto race(A&&...) {
    return detail::refuse_parts<A...>();
}

/// The same, but of several that are ready when it begins chance says which wins: for a
/// race in a loop, where one that is always ready would keep the others out.
///
/// \snippet coil/core/race_test.cpp  nobody is kept out
///
/// What chance says follows from the runtime's seed (`run_options`).
template <awaitable... A>
    requires(sizeof...(A) > 0)
COIL_STOPS_PARTS auto fair_race(A&&... parts) {
    return detail::parts_recipe<detail::fair_race_operation, A...>(
        std::forward<A>(parts)...);
}

template <class... A>
    requires(sizeof...(A) > 0 && !(awaitable<A> && ...))
auto fair_race(A&&...) {
    return detail::refuse_parts<A...>();
}

}  // namespace coil
