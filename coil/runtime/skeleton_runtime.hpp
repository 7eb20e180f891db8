// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/core/spawned.hpp>
#include <coil/time/timer.hpp>

#include <condition_variable>
#include <mutex>

namespace coil {

/// A complete runtime to learn from and to start your own with: strands, timers, and
/// wake-ups from other threads, with nothing but the standard library.
///
/// Copy it, and put your GUI's, game's or device's loop where `wait` is. It uses only
/// what any program may use, and passes the same law tests as coil's own runtimes.
///
/// Threads: the one that calls `run`, but for `remote()`.
class skeleton_runtime final : private mailbox, private timer_service, public executor {
public:
    skeleton_runtime() noexcept
        : executor(static_cast<mailbox&>(*this), static_cast<timer_service*>(this)),
          wheel_(now()) {}

    /// Runs `work` to its end, and all that it started.
    template <awaitable A>
    outcome<await_result_t<A>> run(A&& work) {
        detail::refuse_async_drop<await_result_t<A>>();
        COIL_EXPECTS(strand::current() == nullptr && "no runtime runs inside a strand");
        claim_thread();
        main_strand<A> whole(*this, std::forward<A>(work));
        whole.start();
        while (!whole.has_ended) {
            drain();
            wheel_.advance(now());
            if (ready_.is_empty()) wait();
            ready_.run_turn();
        }
        return std::move(whole.result());
    }

    using executor::remote;

private:
    template <class A>
    struct main_strand : strand_of<A, main_strand<A>> {
        main_strand(skeleton_runtime& runs_on, A&& work)
            : strand_of<A, main_strand>(runs_on, std::forward<A>(work)) {}
        void ended() noexcept { has_ended = true; }
        bool has_ended = false;
    };

    // --- executor: who runs next? ---

    void schedule(strand& ready) noexcept override { ready_.push(ready); }

    // --- time ---

    [[nodiscard]] instant now() const noexcept override {
        return instant(std::chrono::steady_clock::now().time_since_epoch());
    }
    void arm(timer& armed, instant deadline) noexcept override {
        wheel_.arm(armed, deadline);
    }

    // --- the world outside: only other threads, here ---

    void wait() noexcept {
        if (!try_sleep()) return;  // a message came first
        std::unique_lock lock(mutex_);
        const auto woken = [this] { return is_woken_; };
        const instant next = wheel_.next_event();
        if (next == instant::max()) {
            bell_.wait(lock, woken);
        } else {
            bell_.wait_for(lock, next - now(), woken);
        }
        // A sender that found us asleep is about to ring: it must not find us gone.
        if (!wake_up()) bell_.wait(lock, woken);
        is_woken_ = false;
    }
    void notify() noexcept override {
        const std::scoped_lock lock(mutex_);
        is_woken_ = true;
        bell_.notify_one();
    }

    strand_queue ready_;
    timer_wheel wheel_;
    std::mutex mutex_;
    std::condition_variable bell_;
    bool is_woken_ = false;
};

}  // namespace coil
