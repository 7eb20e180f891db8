// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>
#include <coil/core/drop_traits.hpp>
#include <coil/core/leaf.hpp>
#include <coil/core/outcome.hpp>
#include <coil/core/sendable.hpp>

#include <concepts>
#include <utility>

namespace coil {

/// Gives way: to the other branches of this strand and to the other strands. The rest
/// runs in this strand's next turn.
///
/// \snippet coil/core/yield_test.cpp  two strands take turns
///
/// Stop: a stop that came before it, or while it gives way, ends it.
class yield_now : public leaf_of<yield_now> {
public:
    static constexpr const char* what = "yield_now";

    void await_resume() const noexcept {}
    /// It is ready at once, so it never waits in its context.
    void begin() noexcept {
        context& scope = parent().scope();
        set_ops(giving_way);
        scope.home().wake(*this);  // `go_on` looks for a stop
    }

private:
    friend leaf_of<yield_now>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept {
        set_ops(giving_way);
        complete();
    }
    stop_answer on_stop() noexcept { return stop_answer::ended; }

    // It brings nothing that could be lost, so here a stop beats the completion.
    static std::coroutine_handle<> go_on(piece& waited) noexcept {
        const continuation parent = static_cast<yield_now&>(waited).parent();
        if (!parent.scope().stop_requested()) [[likely]]
            return parent.complete();
        parent.scope().home().unwind(parent);
        return {};
    }
    static constexpr piece_ops giving_way = {&go_on, nullptr, what, &leaf::parent_of};
};

/// Ends this coroutine, and what awaits it, as stopped: up to whoever looks.
///
/// Work that learns of a stop by other means (a library's own cancel) passes it on so.
class stop_here : public leaf_of<stop_here> {
public:
    static constexpr const char* what = "stop_here";

    [[noreturn]] void await_resume() const noexcept {
        fatal("a stop_here was resumed");
    }

private:
    friend leaf_of<stop_here>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept { complete_stopped(); }
    stop_answer on_stop() noexcept { return stop_answer::ended; }
};

/// Waits for ever: only a stop ends it. For a branch of a race that is not to win, and
/// for work that has nothing left to do but to be there.
///
/// \snippet coil/core/yield_test.cpp  there until it is stopped
///
/// Stop: ends at once.
class [[nodiscard("never does nothing until it is awaited: write co_await")]] never
    : public leaf_of<never> {
public:
    static constexpr const char* what = "never";

    void await_resume() const noexcept {}

private:
    friend leaf_of<never>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() const noexcept {}
    [[nodiscard]] stop_answer on_stop() const noexcept { return stop_answer::ended; }
};

/// `ready(value)`: gives the value at once, where an awaitable is needed and there is
/// nothing to wait for; `ready()` gives nothing. What is made when it is awaited is a
/// `call_once(f)`.
///
/// \snippet coil/core/yield_test.cpp  what is known already
///
/// Stop: one that came before leaves the value where it is. Suspends: only to give way,
/// when the turn's budget is spent.
template <class T = void>
class [[nodiscard("ready does nothing until it is awaited: write co_await")]] ready
    : public leaf_of<ready<T>> {
    using stored = value_or_unit<T>;

public:
    static constexpr const char* what = "ready";
    static constexpr bool is_local = !is_sendable_v<T>;

    explicit ready(stored value = stored()) : value_(std::move(value)) {}
    ready(ready&& other) noexcept(std::is_nothrow_move_constructible_v<stored>)
        : value_(std::move(other.value_)) {
        COIL_EXPECTS(!other.parent() && "a leaf that is being awaited cannot be moved");
    }
    T await_resume() {
        if constexpr (!std::is_void_v<T>) return std::move(value_);
    }

private:
    friend leaf_of<ready>;
    [[nodiscard]] bool try_now() const noexcept { return true; }
    void start() const noexcept {}
    [[nodiscard]] stop_answer on_stop() const noexcept { return stop_answer::ended; }

    [[no_unique_address]] stored value_;
};
ready() -> ready<void>;
template <class T>
ready(T) -> ready<T>;

/// Tells a computing loop whether it has been asked to stop. Now and then it gives way,
/// so that timers and other strands get their turn, from which a stop may come.
///
/// \snippet coil/core/yield_test.cpp  a loop that can be stopped
///
/// Returns: from `co_await`, a bool. Unlike other leaves it is answered under a stop.
class stop_requested : public leaf {
public:
    using is_coil_leaf = void;

    stop_requested() noexcept : leaf(giving_way) {}
    stop_requested& attach(continuation parent) noexcept {
        COIL_EXPECTS(!this->parent() && "a leaf can be awaited once");
        set_parent(parent);
        return *this;
    }
    [[nodiscard]] bool await_ready() noexcept { return home().spend(); }
    void await_suspend(std::coroutine_handle<>) noexcept { begin(); }
    void begin() noexcept { home().wake(*this); }
    [[nodiscard]] bool await_resume() const noexcept {
        return parent().scope().stop_requested();
    }

private:
    static constexpr piece_ops giving_way = {&leaf::resume_parent, nullptr,
                                             "stop_requested", &leaf::parent_of};
};

namespace detail {

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
