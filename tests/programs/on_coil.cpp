// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "on_coil.hpp"

#include <coil/core/closure.hpp>
#include <coil/core/discard.hpp>
#include <coil/core/frame.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include "any_ints.hpp"
#include "leaves.hpp"
#include "planned_runtime.hpp"

#include <exception>
#include <memory>

namespace programs {
namespace {

using coil::local_task;

struct world {
    explicit world(const program& of) : asked(of), runs_on(of) {}

    void log(int id, event_kind what) { seen.push_back({runs_on.time(), id, what}); }
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

/// Writes down when a coroutine begins, and how and when it ends.
class guard {
public:
    guard(world& of, const node& n) : of_(of), id_(n.id) {
        of.log(id_, event_kind::began);
    }
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard() {
        const bool has_error = std::uncaught_exceptions() > exceptions_;
        of_.log(id_, coil::is_unwinding() ? event_kind::stopped
                     : has_error          ? event_kind::error
                                          : event_kind::value);
    }

private:
    world& of_;
    int id_;
    int exceptions_ = std::uncaught_exceptions();
};

class resource;
using loot = std::optional<resource>;
local_task<loot> exec(world& w, const node& n);

/// Has an async destructor that runs a program.
class resource {
public:
    resource(world& of, const node& drop) : of_(&of), drop_(&drop) { of.point(); }
    resource(resource&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)),
          drop_(other.drop_) {}
    resource& operator=(resource&&) = delete;
    ~resource() {
        if (of_ != nullptr) of_->log(drop_->id, event_kind::lost);
    }
    local_task<> async_drop(coil::exit_reason why);

private:
    world* of_;
    const node* drop_;
};

local_task<> run_part(world& w, const node& n) {
    loot given = co_await exec(w, n);
    co_await coil::drop(given);
}

struct counted {
    explicit counted(int& of) noexcept : count(of) { ++count; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --count; }
    int& count;
};

local_task<> resource::async_drop(coil::exit_reason why) {
    if (of_ == nullptr) co_return;  // it was moved on
    world& w = *std::exchange(of_, nullptr);
    const int id = drop_->id;
    w.log(id, event_kind(static_cast<int>(event_kind::drop_after_return) +
                         static_cast<int>(why)));
    const counted running(w.drops_running);
    co_await run_part(w, *drop_);
    w.log(id, event_kind::dropped);
}

// ---- leaves

local_task<loot> leaf(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    switch (n.what) {
        case op::sleep: co_await coil::sleep(n.pause); break;
        case op::yield: co_await coil::yield_now(); break;
        case op::never: co_await coil::testing::never(); break;
        case op::late: co_await late(n.pause, late_end(n.number % 3)); break;
        case op::foreign: co_await foreign(n.pause); break;
        case op::fail: fail(); break;
        case op::stop_here: co_await coil::stop_here(); break;
        case op::ask_stop:
            co_await ask_stop(n.number == 1 ? coil::stop_level::hard
                                            : coil::stop_level::soft);
            break;
        case op::open: co_return resource(w, n.parts[0]);
        case op::set: w.events[n.number].set(); break;
        case op::wait: co_await w.events[n.number].wait(); break;
        case op::send: (void)co_await w.queues[n.number].send(n.id); break;
        case op::receive: {
            const auto item = co_await w.queues[n.number].receive();
            if (item) w.log(*item, event_kind::item);
            break;
        }
        default: w.queues[n.number].close();
    }
    co_return loot();
}

// ---- one part, seen through a combinator

local_task<loot> seq(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    for (const node& part : n.parts) {
        loot given = co_await exec(w, part);
        co_await coil::drop(given);
    }
    co_return loot();
}
local_task<loot> outcome(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto seen = co_await coil::as_outcome(exec(w, n.parts[0]));
    if (seen.has_value()) co_await coil::drop(seen.value());
    co_return loot();
}
local_task<loot> shield(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    loot given = co_await coil::shield(exec(w, n.parts[0]));
    co_return std::move(given);
}
local_task<loot> once(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    loot given = co_await coil::call_once([&] { return exec(w, n.parts[0]); });
    co_return std::move(given);
}
local_task<loot> timeout(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto given = co_await coil::with_timeout(n.pause, exec(w, n.parts[0]));
    if (given) co_return std::move(*given);
    co_return loot();
}

// ---- drops

local_task<loot> with(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](resource&) { return exec(w, n.parts[1]); };
    loot given = co_await coil::with(resource(w, n.parts[0]), body);
    co_return std::move(given);
}
local_task<loot> with_made(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto make = [&]() -> local_task<resource> {
        co_await run_part(w, n.parts[0]);
        co_return resource(w, n.parts[1]);
    };
    auto body = [&](resource&) { return exec(w, n.parts[2]); };
    loot given = co_await coil::with(make, body);
    co_return std::move(given);
}
local_task<loot> with_two(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](resource&, resource&) { return exec(w, n.parts[2]); };
    resource first(w, n.parts[0]);
    resource second(w, n.parts[1]);
    loot given = co_await coil::with(std::move(first), std::move(second), body);
    co_return std::move(given);
}
local_task<loot> own(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    co_await coil::own(resource(w, n.parts[0]));
    loot given = co_await exec(w, n.parts[1]);
    co_await coil::own(resource(w, n.parts[2]));
    co_return std::move(given);
}
local_task<loot> use(world& w, coil::owned<resource>, const node& body) {
    loot given = co_await exec(w, body);
    co_return std::move(given);
}
local_task<loot> owned(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    loot given = co_await use(w, resource(w, n.parts[0]), n.parts[1]);
    co_return std::move(given);
}

// ---- several parts

local_task<loot> group(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto limit = static_cast<std::size_t>(n.number);
    loot given = co_await coil::with_group({.limit = limit}, [&](coil::group& g) {
        for (std::size_t i = 1; i < n.parts.size(); ++i)
            g.spawn(run_part(w, n.parts[i]));
        return exec(w, n.parts[0]);
    });
    co_return std::move(given);
}
local_task<loot> join(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto& p = n.parts;
    if (p.size() == 2) {
        auto all = co_await coil::join(exec(w, p[0]), exec(w, p[1]));
        co_await coil::drop(all);
    } else {
        auto all = co_await coil::join(exec(w, p[0]), exec(w, p[1]), exec(w, p[2]));
        co_await coil::drop(all);
    }
    co_return loot();
}
local_task<loot> join_outcomes(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto [a, b] =
        co_await coil::join_outcomes(exec(w, n.parts[0]), exec(w, n.parts[1]));
    if (b.has_value()) co_await coil::drop(b.value());
    if (a.has_value()) co_await coil::drop(a.value());
    co_return loot();
}
local_task<loot> race(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto& p = n.parts;
    if (p.size() == 2) {
        auto won = co_await coil::race(exec(w, p[0]), exec(w, p[1]));
        co_return std::move(*won);
    }
    auto won = co_await coil::race(exec(w, p[0]), exec(w, p[1]), exec(w, p[2]));
    co_return std::move(*won);
}

// ---- streams

coil::local_generator<int> generate(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    int item = 0;
    for (const node& part : n.parts) {
        loot given = co_await exec(w, part);
        co_await coil::drop(given);
        co_yield ++item;  // the first is 1
    }
}
coil::local_generator<int> delegate(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    for (const node& part : n.parts) {
        const bool is_nested = part.what == op::delegate;
        co_yield coil::elements_of(is_nested ? delegate(w, part) : generate(w, part));
    }
}
coil::local_resource_generator<int> generate_owning(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    co_await coil::own(resource(w, n.parts[0]));
    for (std::size_t i = 1; i < n.parts.size(); ++i) {
        loot given = co_await exec(w, n.parts[i]);
        co_await coil::drop(given);
        co_yield static_cast<int>(i) + 1;
    }
}

any_ints stream(world& w, const node& n);

any_ints mapped(world& w, const node& n) {
    return any_ints(stream(w, n.parts[0]) |
                    coil::map([&w, &n](int item) -> local_task<int> {
                        co_await run_part(w, n.parts[1]);
                        co_return item + 1;
                    }));
}
any_ints filtered(world& w, const node& n) {
    return any_ints(stream(w, n.parts[0]) |
                    coil::filter([&w, &n](int item) -> local_task<bool> {
                        co_await run_part(w, n.parts[1]);
                        co_return item % 2 == 1;
                    }));
}
any_ints merged(world& w, const node& n) {
    const auto& p = n.parts;
    if (p[0].what == op::queue && p[1].what == op::queue) {  // they are resumable
        return any_ints(coil::merge(w.queues[p[0].number], w.queues[p[1].number]) |
                        coil::take(queue_items_max));
    }
    auto first = stream(w, p[0]);
    return any_ints(coil::merge(std::move(first), stream(w, p[1])));
}
any_ints stream(world& w, const node& n) {
    const auto limit = static_cast<std::size_t>(n.number);
    switch (n.what) {
        case op::generator: return any_ints(generate(w, n));
        case op::owning: return any_ints(generate_owning(w, n));
        case op::delegate: return any_ints(delegate(w, n));
        case op::queue:
            return any_ints(w.queues[n.number] | coil::take(queue_items_max));
        case op::take: return any_ints(stream(w, n.parts[0]) | coil::take(limit));
        case op::map: return mapped(w, n);
        case op::filter: return filtered(w, n);
        default: return merged(w, n);
    }
}

local_task<loot> for_each(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](int item) {
        w.log(item, event_kind::item);
        return run_part(w, n.parts[1]);
    };
    co_await (stream(w, n.parts[0]) | coil::for_each(body));
    co_return loot();
}
local_task<loot> loop(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    auto body = [&](any_ints& items) -> local_task<> {
        while (auto item = co_await items.next()) {
            w.log(*item, event_kind::item);
            co_await run_part(w, n.parts[1]);
        }
    };
    co_await coil::with(stream(w, n.parts[0]), body);
    co_return loot();
}
local_task<loot> for_loop(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    int count = 0;
    COIL_FOR(const int item, stream(w, n.parts[0])) {
        w.log(item, event_kind::item);
        if (++count == n.number) break;
        co_await run_part(w, n.parts[1]);
    }
    co_return loot();
}
local_task<loot> collect(world& w, const node& n) {
    const guard here(w, n);
    w.point();
    const auto all = co_await (stream(w, n.parts[0]) | coil::collect<std::vector>());
    w.log(static_cast<int>(all.size()), event_kind::item);
    co_return loot();
}

local_task<loot> exec(world& w, const node& n) {
    switch (n.what) {
        case op::seq: return seq(w, n);
        case op::outcome: return outcome(w, n);
        case op::shield: return shield(w, n);
        case op::once: return once(w, n);
        case op::timeout: return timeout(w, n);
        case op::with: return with(w, n);
        case op::with_made: return with_made(w, n);
        case op::with_two: return with_two(w, n);
        case op::own: return own(w, n);
        case op::owned: return owned(w, n);
        case op::group: return group(w, n);
        case op::join: return join(w, n);
        case op::join_outcomes: return join_outcomes(w, n);
        case op::race: return race(w, n);
        case op::for_each: return for_each(w, n);
        case op::loop: return loop(w, n);
        case op::for_loop: return for_loop(w, n);
        case op::collect: return collect(w, n);
        default: return leaf(w, n);
    }
}

}  // namespace

outcome_on_coil run_on_coil(const program& asked) {
    const auto alive = [] {
        return static_cast<std::ptrdiff_t>(coil::count_frames().alive);
    };
    const std::ptrdiff_t before = alive();
    outcome_on_coil told;
    {
        world w(asked);
        (void)w.runs_on.run(run_part(w, asked.root));
        if (w.runs_on.had_deadlock()) w.log(0, event_kind::deadlock);
        told = {std::move(w.seen), w.runs_on.pieces(), w.points};
    }
    told.frames_left = alive() - before;
    return told;
}

}  // namespace programs
