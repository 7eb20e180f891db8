// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/strand.hpp>
#include <coil/runtime/detail/loop_timers.hpp>

namespace coil::detail {

/// A worker's executor for strands that stay with it: theirs is a runtime of one
/// thread, without locks and without atomics.
///
/// Threads: its worker's, but for `remote()`.
class pinned_place final : private loop_timers, public executor {
public:
    pinned_place(executor& of, driver& outside) noexcept
        : loop_timers(outside),
          executor(of.remote(), static_cast<loop_timers*>(this)),
          of_(of) {}

    void schedule(strand& ready) noexcept override { ready_.push(ready); }
    [[nodiscard]] bool is_idle() const noexcept { return ready_.is_empty(); }
    /// Gives a turn to each strand that is queued now.
    void run_turn() noexcept { ready_.run_turn(); }
    using executor::claim_thread;
    using executor::set_pieces_per_turn;
    using executor::set_seed;
    using loop_timers::wheel;

private:
    void* find_service(const service_kind& kind) noexcept override {
        return of_.find_service(kind);
    }
    executor& of_;
    strand_queue ready_;
};

}  // namespace coil::detail
