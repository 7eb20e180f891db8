// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 3: nothing outlives its parent.
// Law 4: stop is request-and-join, and completion beats stop.
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::task;

namespace {

/// Needs some time to end after a stop.
task<> slow_to_end(words& log, std::string name) {
    const trace end(log, name);
    (void)co_await as_outcome(never());
    co_await coil::shield(coil::sleep(10ms));
    log.push_back(name + " has cleaned up");
}

}  // namespace

COIL_TEST("law 3: race waits for its losers") {
    words log;
    co_await coil::race(slow_to_end(log, "loser"), coil::yield_now());
    log.emplace_back("after");
    CHECK(log == words{"loser has cleaned up", "~loser", "after"});
}

COIL_TEST("law 3: with_timeout waits for what ran out of time") {
    words log;
    const bool in_time = co_await coil::with_timeout(1ms, slow_to_end(log, "late"));
    log.emplace_back(in_time ? "in time" : "too late");
    CHECK(log == words{"late has cleaned up", "~late", "in time"});
}

COIL_TEST("law 3: with_group waits for its children, however it ends") {
    words log;
    auto body = [&](coil::group& g) -> task<> {
        g.spawn(slow_to_end(log, "child"));
        co_await coil::sleep(1ms);
        co_await coil::stop_here();
    };
    (void)co_await as_outcome(coil::with_group(body));
    log.emplace_back("after");
    CHECK(log == words{"child has cleaned up", "~child", "after"});
}

COIL_TEST("law 4: a leaf under a stop never begins, even if it is ready") {
    signal ready;
    ready.set(1);
    auto late = [&]() -> task<int> {
        (void)co_await as_outcome(never());
        co_return co_await ready.wait();
    };
    auto won = co_await coil::race(late(), coil::yield_now());
    CHECK(won.index() == 1);
    CHECK(ready.begun == 0);
    const int still_there = co_await ready.wait();
    CHECK(still_there == 1);
}

COIL_TEST("law 4: a leaf that has completed delivers, whatever stop came since") {
    words log;
    signal gate;
    auto waiter = [&]() -> task<> {
        const int value = co_await gate.wait();
        log.push_back("got " + std::to_string(value));
        co_await coil::yield_now();
        log.emplace_back("not reached");
    };
    auto both = [&]() -> task<> {
        coil::context& scope = co_await scope_here();
        auto act = [&]() -> task<> {
            co_await coil::yield_now();
            gate.set(5);
            scope.request_stop(coil::stop_reason::requested);
        };
        co_await coil::join(waiter(), act());
    };
    const auto ended = co_await as_outcome(coil::race(both(), never()));
    CHECK(ended.is_stopped());
    CHECK(log == words{"got 5"});
    CHECK(gate.asked == 0);
}

COIL_TEST("law 4: a stop that comes before the completion wins") {
    words log;
    signal gate;
    auto waiter = [&]() -> task<> {
        const trace end(log, "waiter");
        (void)co_await gate.wait();
        log.emplace_back("not reached");
    };
    auto both = [&]() -> task<> {
        coil::context& scope = co_await scope_here();
        auto act = [&]() -> task<> {
            co_await coil::yield_now();
            scope.request_stop(coil::stop_reason::requested);
            co_await coil::shield(coil::yield_now());
            gate.set(5);
        };
        co_await coil::join(waiter(), act());
    };
    (void)co_await as_outcome(coil::race(both(), never()));
    CHECK(log == words{"~waiter"});
    const int kept = co_await gate.wait();
    CHECK(kept == 5);
}

COIL_TEST("law 4: a leaf that answers later is joined, and may still give its value") {
    words log;
    signal stubborn;
    stubborn.answers_later = true;
    auto waiter = [&]() -> task<int> {
        const trace end(log, "waiter");
        const int value = co_await stubborn.wait();
        log.push_back("got " + std::to_string(value));
        co_return value;
    };
    auto finish = [&]() -> task<> {
        co_await give_way(5);
        log.emplace_back("completes");
        stubborn.set(3);
        co_await never();
    };
    auto race = [&]() -> task<> {
        co_await coil::race(waiter(), give_way(1));
        co_await coil::stop_here();
    };
    (void)co_await as_outcome(coil::join(race(), finish()));
    CHECK(log == words{"completes", "got 3", "~waiter"});
    CHECK(stubborn.asked == 1);
}

COIL_TEST("law 4: a leaf that answers later may turn out to be stopped") {
    words log;
    signal stubborn;
    stubborn.answers_later = true;
    auto waiter = [&]() -> task<int> {
        const trace end(log, "waiter");
        co_return co_await stubborn.wait();
    };
    auto finish = [&]() -> task<> {
        co_await give_way(5);
        stubborn.end_stopped();
        log.emplace_back("ends");
        co_await coil::yield_now();
    };
    auto race = [&]() -> task<> { co_await coil::race(waiter(), give_way(1)); };
    co_await coil::join(race(), finish());
    CHECK(log == words{"ends", "~waiter"});
}

COIL_TEST("law 4: a leaf that had to wait for the next turn has not begun") {
    signal stubborn;
    stubborn.answers_later = true;  // asked to stop, it would wait for ever
    auto begin_late = [&]() -> task<> {
        while (!coil::strand::current()->is_spent()) {
            stubborn.set();
            (void)co_await stubborn.wait();
        }
        (void)co_await stubborn.wait();
    };
    auto stop = [](coil::group& g) -> task<> {
        g.request_stop();
        co_return;
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(begin_late());
        g.spawn(stop(g));
    });
    CHECK(stubborn.asked == 0);
}

COIL_TEST("law 4: a branch that cannot even begin leaves no sibling behind") {
    words log;
    struct refusing {
        bool await_ready() { return false; }
        void await_suspend(std::coroutine_handle<>) {
#if COIL_EXCEPTIONS
            throw std::runtime_error("refused");
#endif
        }
        void await_resume() {}
    };
#if COIL_EXCEPTIONS
    auto use = [&]() -> task<> {
        auto body = [](resource&) { return never(); };
        co_await coil::with(resource(log, "r"), body);
    };
    const auto ended = co_await as_outcome(coil::join(use(), refusing()));
    CHECK(ended.has_error());
    CHECK(log == words{"drop r", "dropped r"});
#else
    (void)sizeof(refusing);
    co_return;
#endif
}
