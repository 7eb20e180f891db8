// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/time/timer.hpp>

namespace coil {

/// The leaf behind `sleep` and `sleep_until`.
class sleep_until : public leaf_of<sleep_until>, private timer {
public:
    static constexpr const char* what = "sleep";

    /// Waits until `deadline`; gives way once even if it has passed.
    explicit sleep_until(instant deadline) noexcept
        : timer(fired),
          deadline_(deadline) {}
    sleep_until(sleep_until&& other) noexcept : sleep_until(other.deadline_) {
        COIL_EXPECTS(!other.parent());
        pause_ = other.pause_;
    }

    void await_resume() const noexcept {}

private:
    friend leaf_of<sleep_until>;
    template <class Rep, class Period>
    friend sleep_until sleep(std::chrono::duration<Rep, Period> pause) noexcept;

    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() noexcept {
        timer_service* const timers = home().runs_on().timers();
        COIL_EXPECTS(timers != nullptr && "this runtime has no timers");
        if (pause_ != clock::duration::min()) deadline_ = from_now(*timers, pause_);
        timers->arm(*this, deadline_);
    }
    stop_answer on_stop() noexcept {
        cancel();
        return stop_answer::ended;
    }
    static void fired(timer& due) noexcept {
        static_cast<sleep_until&>(due).complete();
    }

    instant deadline_;
    clock::duration pause_ = clock::duration::min();  // counts from the await
};

/// Waits for `pause`, counted from the await. A `duration::max()` of any unit and any
/// type of count never ends, nor does what nanoseconds cannot count (292 years).
///
/// \snippet coil/time/sleep_test.cpp  sleep takes virtual time
///
/// Stop: ends at once.
/// Allocates: never; the timer lies in the awaiting frame.
template <class Rep, class Period>
[[nodiscard]] sleep_until sleep(std::chrono::duration<Rep, Period> pause) noexcept {
    sleep_until leaf{instant()};
    leaf.pause_ = to_pause(pause);
    return leaf;
}

}  // namespace coil
