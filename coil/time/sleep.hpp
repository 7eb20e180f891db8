// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/time/timer.hpp>

#include <utility>

namespace coil {

namespace detail {

/// What the sleeps share; `Derived` says when it ends, from what `deadline()` holds.
template <class Derived>
class sleep_leaf : public leaf_of<Derived>, protected timer {
public:
    static constexpr const char* what = "sleep";

    void await_resume() const noexcept {}

protected:
    explicit sleep_leaf(instant given) noexcept : timer(fired, given) {}
    sleep_leaf(sleep_leaf&& other) noexcept
        : leaf_of<Derived>(std::move(other)),
          timer(fired, other.deadline()) {}

private:
    friend leaf_of<Derived>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept {
        timer_service* const timers = this->home().runs_on().timers();
        COIL_EXPECTS(timers != nullptr && "this runtime has no timers");
        timers->arm(*this, static_cast<Derived&>(*this).end(*timers));
    }
    stop_answer on_stop() noexcept {
        cancel();
        // If it fired meanwhile, it has completed and left its scope.
        return this->is_linked() ? stop_answer::ended : stop_answer::later;
    }
    static void fired(timer& due) noexcept {
        auto& self = static_cast<Derived&>(due);
        if (self.goes_to(self.home())) return;
        self.complete();
    }
};

}  // namespace detail

/// The leaf behind `sleep`.
class sleep_for : public detail::sleep_leaf<sleep_for> {
    friend sleep_leaf;
    template <class Rep, class Period>
    friend sleep_for sleep(std::chrono::duration<Rep, Period> pause) noexcept;

    explicit sleep_for(clock::duration pause) noexcept : sleep_leaf(instant(pause)) {}
    [[nodiscard]] instant end(timer_service& timers) const noexcept {
        return from_now(timers, deadline().time_since_epoch());
    }
};

/// Waits until `deadline`; gives way once even if it has passed.
///
/// Stop: ends at once.
class [[nodiscard(
    "a pause does nothing until it is awaited: write co_await")]] sleep_until
    : public detail::sleep_leaf<sleep_until> {
public:
    explicit sleep_until(instant deadline) noexcept : sleep_leaf(deadline) {}

private:
    friend sleep_leaf;
    [[nodiscard]] instant end(timer_service&) const noexcept { return deadline(); }
};

/// Waits for `pause`, counted from the await. A `duration::max()` of any unit and any
/// type of count never ends, nor does what nanoseconds cannot count (292 years).
///
/// \snippet coil/time/sleep_test.cpp  sleep takes virtual time
///
/// Stop: ends at once.
/// Allocates: never; the timer lies in the awaiting frame.
template <class Rep, class Period>
[[nodiscard("a pause does nothing until it is awaited: write co_await")]] sleep_for
sleep(std::chrono::duration<Rep, Period> pause) noexcept {
    return sleep_for(to_pause(pause));
}

}  // namespace coil
