// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "on_coil.hpp"

#include <coil/core/frame.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>

#include "interpreter.hpp"
#include "planned_runtime.hpp"

namespace programs {
namespace {

struct world {
    static constexpr coil::flavour flavour = coil::flavour::local;

    explicit world(const program& of) : asked(of), runs_on(of) {}

    void log(int id, event_kind what) { seen.push_back({runs_on.time(), id, what, 0}); }
    void log_item(const node& n, int item) {
        seen.push_back({runs_on.time(), n.id, event_kind::item, item});
    }
    void made() noexcept {}
    void dropped() noexcept {}
    void spawned() noexcept {}
    /// A place that may throw.
    void point() {
        if (drops_running > 0 || ++points != asked.throw_at) return;
        fail();
    }

    const program& asked;
    history seen;
    planned_runtime runs_on;
    coil::event events[event_count];
    coil::channel<int> queues[channel_count]{coil::channel<int>(channel_capacity[0]),
                                             coil::channel<int>(channel_capacity[1])};
    int points = 0;
    int drops_running = 0;
};

}  // namespace

outcome_on_coil run_on_coil(const program& asked) {
    const auto alive = [] {
        return static_cast<std::ptrdiff_t>(coil::count_frames().alive);
    };
    const std::ptrdiff_t before = alive();
    outcome_on_coil told;
    {
        world w(asked);
        (void)w.runs_on.run(interpreter::run_part(w, asked.root));
        if (w.runs_on.had_deadlock()) w.log(0, event_kind::deadlock);
        told = {std::move(w.seen), w.runs_on.pieces(), w.points};
    }
    told.frames_left = alive() - before;
    return told;
}

}  // namespace programs
