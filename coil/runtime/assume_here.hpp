// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/child.hpp>

namespace coil {

namespace detail {

/// The executor that something local belongs to; checked where it begins.
class assumed_home {
public:
    explicit assumed_home(const executor* home) noexcept : home_(home) {}
    /// That of the strand which asks.
    static assumed_home current() noexcept {
        const strand* const asks = strand::current();
        return assumed_home(asks == nullptr ? nullptr : &asks->runs_on());
    }

    void check(const strand& running) const noexcept {
        if (running.is_parallel()) [[unlikely]]
            fatal(
                "assume_here: this strand may move to another thread, so nothing local "
                "is at home here: go there by on(executor, f, args...)");
        if (&running.runs_on() != home_) [[unlikely]]
            fatal(
                "assume_here: this strand runs on another executor than the one that "
                "the local work is at home on: go there by on(executor, f, args...)");
    }

private:
    const executor* home_;
};

template <class A>
class here_operation : public frame_operation<here_operation<A>> {
public:
    static constexpr const char* what = "assume_here";
    static constexpr bool is_local = false;  // as the recipe says

    here_operation(assumed_home home, A&& work) noexcept
        : work_(std::forward<A>(work)),
          home_(home) {}

    std::coroutine_handle<> begin(continuation parent) noexcept {
        home_.check(parent.scope().home());
        this->set_parent(parent);
        return child_.begin(std::forward<A>(work_), parent.scope());
    }
    await_result_t<A> await_resume() { return child_.result.take(); }

private:
    A&& work_;
    assumed_home home_;
    part<child<A>, here_operation, &here_operation::complete, &here_operation::unwind>
        child_{*this};
};

template <class A>
class [[nodiscard(
    "assume_here does nothing until it is awaited: write co_await")]] here_recipe {
public:
    static constexpr bool is_local = false;  // which is what is assumed, and checked

    here_recipe(assumed_home home, A&& work)
        : home_(home),
          work_(std::forward<A>(work)) {}
    here_operation<A> operator co_await() && noexcept {
        return {home_, std::forward<A>(work_)};
    }

private:
    assumed_home home_;
    A work_;
};

}  // namespace detail

/// Awaits something local in a `task`, which might be anywhere but is known to be here:
/// on the executor on which this was called, and where strands stay. If it is not so,
/// the program ends with a text, in every build.
///
/// \snippet coil/runtime/assume_here_test.cpp  one of many that stays
///
/// Where strands move, or where the work is at home elsewhere, go there by `on`. Where
/// types can say it, a `local_task` needs no assumption.
///
/// Returns: the work's result; what is local in it stays here, too. Errors: the work's.
/// Stop: reaches `work`. Allocates: never.
template <awaitable A>
auto assume_here(A&& work) {
    return detail::here_recipe<A>(detail::assumed_home::current(),
                                  std::forward<A>(work));
}

/// The same for work that is at home on `home`, as its owner knows.
template <awaitable A>
auto assume_here(const executor& home, A&& work) {
    return detail::here_recipe<A>(detail::assumed_home(&home), std::forward<A>(work));
}

template <class A>
    requires(!awaitable<A>)
auto assume_here(A&&) {
    return detail::refuse_parts<A>();
}
template <class A>
    requires(!awaitable<A>)
auto assume_here(const executor&, A&&) {
    return detail::refuse_parts<A>();
}

}  // namespace coil
