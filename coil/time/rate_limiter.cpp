// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/strand.hpp>
#include <coil/time/rate_limiter.hpp>

#include <algorithm>

namespace coil {

bool rate_limiter::take(std::size_t count, instant now) noexcept {
    const instant before = filled_at_.value_or(now);
    if (now > before) {
        const auto passed = static_cast<wide>((now - before).count());
        // And what the nanosecond that filled it brought beyond: less than a token.
        const wide beyond = std::min(wide(limit_.count), tokens(1)) - 1;
        level_ =
            std::min(level_ + passed * limit_.count, tokens(limit_.burst) + beyond);
    }
    filled_at_ = std::max(now, before);
    if (level_ < tokens(count)) return false;
    level_ -= tokens(count);
    return true;
}

// From when it was last filled; rounded up, as time is never too short.
clock::duration rate_limiter::time_until(std::size_t count) const noexcept {
    const wide missing = tokens(count) - std::min(level_, tokens(count));
    const wide time = (missing + limit_.count - 1) / limit_.count;
    constexpr auto longest = static_cast<wide>(clock::duration::max().count());
    return clock::duration(static_cast<clock::rep>(std::min(time, longest)));
}

// Who is first now and does not know. It is told when the lock has been given back, and
// until it has heard it stays.
rate_limiter::acquire_leaf* rate_limiter::next_in_line() noexcept {
    acquire_leaf* const next = waiters_.front();
    if (next != nullptr) next->is_told_ = true;
    return next;
}

void rate_limiter::acquire_leaf::tell(acquire_leaf* next) noexcept {
    if (next == nullptr) return;
    strand& home = next->home();
    if (home.is_here()) {
        next->arrive();
    } else {
        home.post(next->news_);
    }
}

bool rate_limiter::acquire_leaf::try_now() noexcept {
    acquire_leaf* next = nullptr;
    {
        const holding held(limiter_.lock_);
        if (!limiter_.waiters_.is_empty() && !is_first()) return false;
        if (!limiter_.take(count_, clock::now())) return false;
        if (is_in_list()) {
            leave_list();
            next = limiter_.next_in_line();
        }
    }
    tell(next);
    return true;
}

void rate_limiter::acquire_leaf::start() noexcept {
    clock::duration pause{};
    {
        const holding held(limiter_.lock_);
        if (!is_in_list()) limiter_.waiters_.push_back(*this);
        if (!is_first()) return;
        pause = limiter_.time_until(count_);
    }
    timer_service* const timers = home().runs_on().timers();
    timers->arm(*this, from_now(*timers, pause));
}

void rate_limiter::acquire_leaf::fired(timer& due) noexcept {
    auto& self = static_cast<acquire_leaf&>(due);
    if (!self.goes_to(self.home())) self.retry();
}

stop_answer rate_limiter::acquire_leaf::on_stop() noexcept {
    cancel();
    if (!is_linked()) return stop_answer::later;  // it has fired, and tries once more
    acquire_leaf* next = nullptr;
    {
        const holding held(limiter_.lock_);
        if (is_told_) return stop_answer::later;
        const bool was_first = is_first();
        leave_list();
        if (was_first && !COIL_PLANTED(stopped_waiter_tells_nobody))
            next = limiter_.next_in_line();
    }
    tell(next);
    return stop_answer::ended;
}

}  // namespace coil
