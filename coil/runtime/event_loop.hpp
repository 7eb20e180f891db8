// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/drop_traits.hpp>
#include <coil/core/spawned.hpp>
#include <coil/runtime/detail/loop_mailbox.hpp>
#include <coil/runtime/detail/loop_timers.hpp>
#include <coil/runtime/detail/poll_pace.hpp>
#include <coil/runtime/driver.hpp>

namespace coil {

/// A current-thread executor: strands, timers and a driver, taking turns.
///
/// Each turn runs what was ready when it began; between turns come messages from other
/// threads, timers, and the driver's events.
///
/// Threads: the one that runs it, but for `remote()`.
class event_loop : private detail::loop_mailbox,
                   private detail::loop_timers,
                   public executor {
public:
    explicit event_loop(driver& outside) noexcept
        : loop_mailbox(outside),
          loop_timers(outside),
          executor(static_cast<loop_mailbox&>(*this), static_cast<loop_timers*>(this)),
          driver_(outside) {}

    void schedule(strand& ready) noexcept override { ready_.push(ready); }

    /// Runs turns until `is_done` is true; it is looked at between turns.
    void run_until(const bool& is_done) noexcept;

    /// Runs `work` to its end, and all that it started.
    ///
    /// Requires: not called inside a running strand, nor while it runs already; the
    /// program ends with a text. Its value needs no async drop, which would not be run;
    /// that does not compile.
    template <awaitable A>
    outcome<await_result_t<A>> run(A&& work) {
        detail::refuse_async_drop<await_result_t<A>>();
        claim_for_run();
        root<A> whole(*this, std::forward<A>(work));
        whole.start();
        main_ = &whole;
        run_until(whole.is_done);
        main_ = nullptr;
        return std::move(whole.result());
    }

    /// The strand that `run` runs, or null: where a report of all waits begins.
    [[nodiscard]] strand* main_strand() const noexcept { return main_; }

    using executor::remote;
    using executor::timers;

protected:
    using executor::set_chooses_pieces;
    using executor::set_pieces_per_turn;
    using executor::set_seed;

private:
    template <class A>
    struct root : strand_of<A, root<A>> {
        root(event_loop& loop, A&& work)
            : strand_of<A, root>(loop, std::forward<A>(work)) {}
        void ended() noexcept { is_done = true; }
        bool is_done = false;
    };
    void claim_for_run() noexcept;
    void wait_outside() noexcept;

    driver& driver_;
    strand_queue ready_;
    strand* main_ = nullptr;
    detail::poll_pace pace_;
};

}  // namespace coil
