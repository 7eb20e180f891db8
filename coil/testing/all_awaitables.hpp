// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/parallel/join_range.hpp>
#include <coil/stream/buffered.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/into.hpp>
#include <coil/stream/take.hpp>
#include <coil/testing/kinds.hpp>

namespace coil::testing {

/// Those of ranges and streams, of which several work at once.
inline void add_ranges_that_wait(kinds& all) {
    all("never", [](stage&) { return never(); });
    all("join, of a range", [](stage&) {
        std::vector<task<>> parts;
        parts.push_back(give_way(1));
        parts.push_back([]() -> task<> { co_await never(); }());
        return join(std::move(parts));
    });
    all("buffered, for an item", [](stage& s) {
        return s.empty | buffered(2, [](int) { return never(); }) |
               for_each([](unit) {});
    });
    all("buffered, for its work", [](stage& s) {
        return s.filled | buffered_unordered(2, [](int) { return never(); }) |
               for_each([](unit) {});
    });
}
inline void add_ranges_that_end(kinds& all) {
    all("ready", [](stage&) { return ready(1); });
    all("join, of a range", [](stage&) {
        std::vector<task<>> parts;
        for (int i = 0; i < 3; ++i) parts.push_back(give_way(i));
        return join(std::move(parts));
    });
    all("buffered", [](stage& s) {
        return s.filled | take(1) | buffered(2, [](int) { return give_way(1); }) |
               for_each([](unit) {});
    });
}

/// Those of the layer `parallel`.
inline void add_parallel_that_wait(kinds& all) {
    all("parallel", [](stage&) { return parallel(never(), yield_now(), never()); });
    all("join_handle::join", [](stage&) {
        return with_group([](group& g) -> task<> {
            auto child = spawn_with_handle(g, never());
            co_await child.join();
        });
    });
    all("join_set::next", [](stage&) {
        return with_group([](group& g) -> task<> {
            join_set<void> results(g);
            results.spawn(never());
            (void)co_await results.next();
        });
    });
    all("join_map::next", [](stage&) {
        return with_group([](group& g) -> task<> {
            join_map<int, void> all_of_them(g);
            all_of_them.spawn(1, never());
            (void)co_await all_of_them.next();
        });
    });
    all("spawn_started", [](stage&) {
        return with_group([](group& g) {
            return spawn_started(g, [](started<>&) { return never(); });
        });
    });
}
inline void add_parallel_that_end(kinds& all) {
    using namespace std::chrono_literals;
    all("parallel", [](stage&) { return parallel(give_way(1), sleep(1ms)); });
    all("join_handle::join", [](stage&) {
        return with_group([](group& g) -> task<> {
            auto child = spawn_with_handle(g, give_way(2));
            co_await child.join();
        });
    });
    all("join_set::next", [](stage&) {
        return with_group([](group& g) -> task<> {
            join_set<void> results(g);
            results.spawn(give_way(2));
            (void)co_await results.next();
        });
    });
    all("join_map::next", [](stage&) {
        return with_group([](group& g) -> task<> {
            join_map<int, void> all_of_them(g);
            all_of_them.spawn(1, give_way(2));
            (void)co_await all_of_them.next();
        });
    });
    all("spawn_started", [](stage&) {
        return with_group([](group& g) {
            return spawn_started(g, [](started<>& ready) {
                ready.set();
                return give_way(1);
            });
        });
    });
}

/// What is between strands; part of the next list.
inline void add_sync_that_waits(kinds& all) {
    all("event::wait", [](stage& s) { return s.quiet.wait(); });
    all("channel::receive", [](stage& s) { return s.empty.receive(); });
    all("channel::send", [](stage& s) { return s.filled.send(2); });
    all("channel::reserve", [](stage& s) { return s.filled.reserve(); });
    all("channel::receive_many",
        [](stage& s) { return s.empty.receive_many(s.items, 2); });
    all("channel::wait_closed", [](stage& s) { return s.filled.wait_closed(); });
    all("barrier::wait", [](stage& s) { return s.two.wait(); });
    all("barrier, arrived", [](stage& s) { return s.two.wait(s.two.arrive()); });
    all("notify::wait", [](stage& s) { return s.told.wait(); });
    all("oneshot::receive", [](stage& s) { return s.reply.receive(); });
    all("oneshot::wait_closed", [](stage& s) { return s.reply.wait_closed(); });
    all("unbounded_channel::receive", [](stage& s) { return s.unbounded.receive(); });
    all("broadcast::receive", [](stage& s) { return s.listener.receive(); });
    all("watch::wait_changed", [](stage& s) { return s.latest.wait_changed(); });
    all("once_cell::get_or_init", [](stage& s) {
        return s.made_once.get_or_init([]() -> task<int> {
            co_await never();
            fatal("not reached");
        });
    });
    all("remote_event::wait", [](stage& s) { return s.from_afar.wait(); });
    all("stopped_by", [](stage& s) { return stopped_by(s.from_outside, never()); });
    all("into, for an item", [](stage& s) { return s.empty | into(s.unbounded); });
    all("into, for room", [](stage& s) { return std::vector{1} | into(s.filled); });
}

/// Every kind, made so that nothing but a stop ends it. A new primitive adds a line
/// here and inherits the law tests in `all_awaitables_test.cpp`.
inline kinds all_that_wait() {
    using namespace std::chrono_literals;
    kinds all;
    all("sleep", [](stage&) { return sleep(24h); });
    all("sleep_until", [](stage&) { return sleep_until(instant::max()); });
    all("interval::next", [](stage& s) { return s.ticks.reset(), s.ticks.next(); });
    all("delay_queue::next", [](stage& s) { return s.later.next(); });
    all("rate_limiter::acquire", [](stage& s) {
        (void)s.daily.try_acquire();
        return s.daily.acquire();
    });
    add_sync_that_waits(all);
    all("as_outcome", [](stage&) {
        return call_once([]() -> task<> {
            (void)co_await as_outcome(never());
            co_await never();
        });
    });
    all("call_once", [](stage&) { return call_once([] { return never(); }); });
    all("task", [](stage&) { return []() -> task<> { co_await never(); }(); });
    all("join", [](stage&) { return join(never(), yield_now(), never()); });
    all("join_outcomes", [](stage&) {
        return call_once([]() -> task<> {
            (void)co_await join_outcomes(never(), stop_here());
            co_await never();
        });
    });
    all("race", [](stage&) { return race(never(), never()); });
    all("with", [](stage& s) { return with_resource(s, [] { return never(); }); });
    all("with_value", [](stage&) { return with_value(depth, 1, never()); });
    all("assume_here", [](stage&) { return assume_here(never()); });
    all("with, making", [](stage&) {
        return with(
            []() -> task<resource> {
                co_await never();
                fatal("not reached");
            },
            [](resource&) {});
    });
    all("own", [](stage& s) { return own_and_wait(s); });
    all("with_group, in its body",
        [](stage&) { return with_group([](group&) { return never(); }); });
    all("with_group, for children",
        [](stage&) { return with_group([](group& g) { g.spawn(never()); }); });
    all("with_timeout", [](stage&) { return with_timeout(24h, never()); });
    all("shield, begun later", [](stage&) {
        return call_once([]() -> task<> {
            co_await shield(yield_now());
            co_await never();
        });
    });
    add_parallel_that_wait(all);
    add_ranges_that_wait(all);
    return all;
}

/// Those of a channel, and of a oneshot.
inline void add_channels_that_end(kinds& all) {
    all("channel::receive", [](stage& s) { return s.filled.receive(); });
    all("channel::send", [](stage& s) { return s.empty.send(1); });
    all("channel::reserve", [](stage& s) {
        // Its room is given back, as others reserve it, too.
        return call_once([&s]() -> task<> { (void)co_await s.empty.reserve(); });
    });
    all("channel::receive_many",
        [](stage& s) { return s.filled.receive_many(s.items, 2); });
    all("channel::wait_closed", [](stage& s) {
        s.empty.close();
        return s.empty.wait_closed();
    });
    all("oneshot::receive", [](stage& s) {
        (void)s.reply.send(1);
        return s.reply.receive();
    });
    all("oneshot::wait_closed", [](stage& s) {
        s.reply.close();
        return s.reply.wait_closed();
    });
}
/// What is between strands; part of the next list.
inline void add_sync_that_ends(kinds& all) {
    all("event::wait, set", [](stage& s) {
        s.happened.set();
        return s.happened.wait();
    });
    all("event::wait, set later", [](stage& s) {
        return call_once([&s]() -> task<> {
            auto set = [](stage& of) -> task<> {
                co_await yield_now();
                of.happened.set();
            };
            co_await join(s.happened.wait(), set(s));
        });
    });
    add_channels_that_end(all);
    all("barrier::wait", [](stage& s) { return join(s.two.wait(), s.two.wait()); });
    all("notify::wait", [](stage& s) {
        s.told.notify_one();
        return s.told.wait();
    });
    all("unbounded_channel::receive", [](stage& s) {
        (void)s.unbounded.send(1);
        return s.unbounded.receive();
    });
    all("broadcast::receive", [](stage& s) {
        s.news.send(1);
        return s.listener.receive();
    });
    all("once_cell::get_or_init", [](stage& s) {
        return s.made_once.get_or_init([]() -> task<int> {
            co_await give_way(1);
            co_return 1;
        });
    });
    all("watch::wait_changed", [](stage& s) {
        s.number.send(1);
        return s.latest.wait_changed();
    });
    all("remote_event::wait", [](stage& s) {
        s.from_afar.set();
        return s.from_afar.wait();
    });
    all("into", [](stage& s) { return s.filled | take(1) | into(s.unbounded); });
    all("stopped_by, before it is asked",
        [](stage& s) { return stopped_by(s.from_outside, give_way(2)); });
    all("stopped_by, asked later", [](stage& s) {
        return call_once([&s]() -> task<> {
            auto ask = [](stage& of) -> task<> {
                co_await yield_now();
                of.from_outside.request_stop();
            };
            co_await join(stopped_by(s.from_outside, never()), ask(s));
        });
    });
}

/// Every kind, made so that it ends by itself.
inline kinds all_that_end() {
    using namespace std::chrono_literals;
    kinds all;
    all("yield_now", [](stage&) { return yield_now(); });
    all("sleep", [](stage&) { return sleep(1ms); });
    all("sleep_until", [](stage&) { return sleep_until(instant()); });
    all("interval::next", [](stage& s) { return s.ticks.next(); });
    all("delay_queue::next", [](stage& s) {
        s.later.insert(1, 1ms);
        return s.later.next();
    });
    all("rate_limiter::acquire", [](stage& s) {
        (void)s.often.try_acquire();
        return s.often.acquire();
    });
    all("barrier, arrived",
        [](stage& s) { return join(s.two.wait(s.two.arrive()), s.two.wait()); });
    add_sync_that_ends(all);
    all("stop_requested", [](stage&) { return stop_requested(); });
    all("task", [](stage&) { return give_way(3); });
    all("as_outcome", [](stage&) { return as_outcome(give_way(1)); });
    all("as_outcome, stopped", [](stage&) { return as_outcome(stop_here()); });
    all("shield", [](stage&) { return shield(give_way(1)); });
    all("call_once", [](stage&) { return call_once([] { return 1; }); });
    all("join", [](stage&) { return join(give_way(1), sleep(1ms)); });
    all("join_outcomes",
        [](stage&) { return join_outcomes(give_way(1), stop_here()); });
    all("race", [](stage&) { return race(never(), give_way(2)); });
    all("with", [](stage& s) { return with_resource(s, [] { return yield_now(); }); });
    all("with_value", [](stage&) { return with_value(depth, 1, give_way(1)); });
    all("assume_here", [](stage&) { return assume_here(give_way(1)); });
    all("value_of", [](stage&) { return value_of(depth); });
    all("time_left", [](stage&) { return time_left(); });
    all("own", [](stage& s) { return own_and_yield(s); });
    all("async_vector::clear", [](stage& s) { return keep_and_clear(s); });
    all("drop", [](stage& s) { return drop(s.held.emplace_back(s.log, "r")); });
    all("with_group", [](stage&) {
        return with_group([](group& g) {
            g.spawn(give_way(2));
            return yield_now();
        });
    });
    all("with_timeout, in time", [](stage&) { return with_timeout(24h, give_way(1)); });
    all("with_timeout, late", [](stage&) { return with_timeout(1ms, never()); });
    add_parallel_that_end(all);
    add_ranges_that_end(all);
    return all;
}

}  // namespace coil::testing
