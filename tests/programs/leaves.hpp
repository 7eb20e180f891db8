// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/core.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/time/timer.hpp>

#include "program.hpp"

#include <exception>

namespace programs {

struct failure : std::exception {};

[[noreturn]] inline void fail() {
#if COIL_EXCEPTIONS
    throw failure();
#else
    coil::fatal("a program without exceptions was to throw");
#endif
}

/// How something ends that takes its time.
enum class late_end : std::uint8_t { value, error, stopped };

/// Waits for ever; asked to stop, it ends after a pause.
class late : public coil::leaf_of<late>, coil::timer {
public:
    static constexpr const char* what = "late";
    late(duration pause, late_end how) noexcept
        : timer(fired),
          pause_(pause),
          how_(how) {}
    late(late&& other) noexcept : late(other.pause_, other.how_) {}
    void await_resume() const {
        if (how_ == late_end::error) fail();
    }

private:
    friend leaf_of<late>;
    [[nodiscard]] bool try_now() const noexcept { return false; }
    void start() const noexcept {}
    coil::stop_answer on_stop() noexcept {
        coil::timer_service& timers = *home().runs_on().timers();
        timers.arm(*this, timers.now() + pause_);
        return coil::stop_answer::later;
    }
    static void fired(timer& due) noexcept {
        auto& self = static_cast<late&>(due);
        if (self.goes_to(self.home())) return;
        self.how_ == late_end::stopped ? self.complete_stopped() : self.complete();
    }
    duration pause_;
    late_end how_;
};

/// A pause as another library would write it: it cannot be asked to stop.
class foreign : coil::timer {
public:
    explicit foreign(duration pause) noexcept : timer(fired), pause_(pause) {}
    foreign(foreign&& other) noexcept : foreign(other.pause_) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept {
        waiting_ = waiting;
        coil::timer_service& timers = *coil::strand::current()->runs_on().timers();
        timers.arm(*this, timers.now() + pause_);
    }
    void await_resume() const noexcept {}

private:
    static void fired(timer& due) noexcept {
        static_cast<foreign&>(due).waiting_.resume();
    }
    duration pause_;
    std::coroutine_handle<> waiting_;
};

/// Asks the scope of whoever awaits it to stop.
template <coil::flavour F = coil::flavour::local>
coil::basic_task<void, F> ask_stop(coil::stop_level level) {
    coil::context& here = co_await coil::testing::scope_here();
    here.request_stop(coil::stop_reason::requested, level);
}

}  // namespace programs
