// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "on_threads.hpp"

#include <coil/core/frame.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>

#include "interpreter.hpp"
#include "laws.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

namespace programs {
namespace {

constexpr std::chrono::milliseconds between_looks(1);
constexpr int looks_until_quiet = 4;
constexpr int looks_until_hanging = 10'000;

class world {
public:
    static constexpr coil::flavour flavour = coil::flavour::movable;

    world(const program& of, std::uint64_t seed) : asked(of), random_(seed) {}

    /// It was asked to stop, from outside of it.
    void log_stop(coil::stop_level level) {
        add({0, outside, event_kind::stopped, static_cast<int>(level)});
    }
    void log(int id, event_kind what) { add({0, id, what, 0}); }
    void log_item(const node& n, int item) { add({0, n.id, event_kind::item, item}); }
    void point() noexcept {}
    void made() noexcept { ++made_; }
    void dropped() noexcept { ++dropped_; }
    void spawned() noexcept { ++strands_; }

    [[nodiscard]] outcome_on_threads take() {
        const std::scoped_lock lock(mutex_);
        return {std::move(seen_), made_, dropped_, strands_};
    }
    /// For one that hangs.
    void print() {
        const std::scoped_lock lock(mutex_);
        std::printf("hangs after %zu entries: %s\n", seen_.size(),
                    to_text(asked).c_str());
        for (const entry& each : seen_) std::printf("  %s\n", to_string(each).c_str());
    }

    const program& asked;
    coil::event events[event_count];
    coil::channel<int> queues[channel_count]{coil::channel<int>(channel_capacity[0]),
                                             coil::channel<int>(channel_capacity[1])};
    std::atomic<int> drops_running = 0;
    std::atomic<bool> has_ended = false;
    coil::event asks_softly;
    coil::event asks_hard;

    /// Looks whether it goes on. False: it hangs.
    [[nodiscard]] bool look(bool stops_what_waits) {
        const std::scoped_lock lock(mutex_);
        if (has_ended || std::exchange(seen_before_, seen_.size()) != seen_.size()) {
            quiet_looks_ = 0;
            return true;
        }
        const bool is_quiet = ++quiet_looks_ % looks_until_quiet == 0;
        if (stops_what_waits && is_quiet && waits_rightly()) ask(true);
        return quiet_looks_ < looks_until_hanging;
    }

private:
    void add(entry happened) {
        bool gives_way = false;
        std::size_t count = 0;
        {
            const std::scoped_lock lock(mutex_);
            happened.at = static_cast<std::int64_t>(seen_.size());
            seen_.push_back(happened);
            count = seen_.size();
            gives_way = random_.below(8) == 0;
        }
        for (const planned_stop& stop : asked.stops)
            if (static_cast<std::size_t>(stop.piece) == count) ask(stop.is_hard);
        if (gives_way) std::this_thread::yield();
    }
    void ask(bool hard) noexcept {
        asks_softly.set();
        if (hard) asks_hard.set();
    }
    /// Whether one of those that wait has nothing to go on with.
    [[nodiscard]] bool waits_rightly() const {
        laws all(asked);
        for (const entry& each : seen_) all.step(each);
        const auto waiting = all.waiting();
        return std::ranges::any_of(waiting,
                                   [this](const node* n) { return waits_rightly(*n); });
    }
    [[nodiscard]] bool waits_rightly(const node& n) const {
        if (n.what == op::never || n.what == op::late) return true;
        if (n.what == op::wait) return !events[n.number].is_set();
        const bool sends = n.what == op::send;
        if (!sends && n.what != op::receive && n.what != op::queue) return false;
        const auto& queue = queues[n.number];
        const auto [size, capacity] = queue.stats();
        return !queue.is_closed() && size == (sends ? capacity : 0);
    }

    std::mutex mutex_;
    history seen_;
    std::size_t seen_before_ = 0;
    int quiet_looks_ = 0;
    random_numbers random_;
    std::atomic<int> made_ = 0;
    std::atomic<int> dropped_ = 0;
    std::atomic<int> strands_ = 1;
};

/// An error or a stop of one is not the others'.
coil::task<> run_alone(world& w) {
    (void)co_await coil::as_outcome(interpreter::run_part(w, w.asked.root));
    w.has_ended = true;
    w.asks_softly.set();
    w.asks_hard.set();
}
coil::task<> stop_when_asked(world& w, coil::group& g) {
    co_await w.asks_softly.wait();
    if (w.has_ended) co_return;
    w.log_stop(coil::stop_level::soft);
    g.request_stop(coil::stop_level::soft);
    co_await w.asks_hard.wait();
    if (w.has_ended) co_return;
    w.log_stop(coil::stop_level::hard);
    g.request_stop(coil::stop_level::hard);
}
coil::task<> run_and_stop(world& w) {
    co_await coil::with_group([&w](coil::group& g) {
        g.spawn(run_alone(w));
        return stop_when_asked(w, g);
    });
}

using worlds = std::vector<std::unique_ptr<world>>;

void run_all(const worlds& all, coil::multi_thread_runtime& runtime) {
    runtime
        .run(coil::with_group([&](coil::group& g) {
            for (const auto& each : all) g.spawn(run_and_stop(*each));
        }))
        .take();
}

[[noreturn]] void give_up(const worlds& all) {
    const auto hangs = [](const auto& each) { return !each->has_ended; };
    (*std::ranges::find_if(all, hangs))->print();
    std::fflush(stdout);
    std::_Exit(1);
}

}  // namespace

outcomes_on_threads run_on_threads(std::span<const program> asked,
                                   on_threads_options options) {
    const auto alive = static_cast<std::ptrdiff_t>(coil::count_frames().alive);
    outcomes_on_threads came;
    {
        worlds all;
        for (const program& each : asked)
            all.push_back(std::make_unique<world>(each, options.seed + all.size()));
        coil::multi_thread_runtime runtime({.workers = options.workers});
        auto running = std::async(std::launch::async, [&] { run_all(all, runtime); });
        while (running.wait_for(between_looks) != std::future_status::ready) {
            for (const auto& each : all)
                if (!each->look(options.stops_what_waits)) give_up(all);
        }
        for (const auto& each : all) came.each.push_back(each->take());
    }
    came.frames_left = static_cast<std::ptrdiff_t>(coil::count_frames().alive) - alive;
    return came;
}

}  // namespace programs
