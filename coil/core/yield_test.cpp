// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <memory>

using namespace coil::testing;
using coil::task;
using coil::yield_now;

namespace {
task<> note(words& log, std::string name, int times) {
    for (int i = 0; i < times; ++i) {
        log.push_back(name);
        co_await yield_now();
    }
}
//! [there until it is stopped]
task<> be_there(int& present) {
    ++present;
    co_await coil::never();
}
//! [there until it is stopped]

//! [what is known already]
struct fixed_rate {
    static coil::ready<int> get() { return coil::ready(7); }  // others ask a server
};
template <class Rate>
task<int> convert(const Rate& rate, int amount) {
    const int factor = co_await rate.get();
    co_return amount* factor;
}
//! [what is known already]

}  // namespace

COIL_TEST("yield_now: two strands take turns") {
    words log;
    //! [two strands take turns]
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(note(log, "A", 3));
        g.spawn(note(log, "B", 3));
    });
    CHECK(log == words{"A", "B", "A", "B", "A", "B"});
    //! [two strands take turns]
}

COIL_TEST("yield_now: two branches of one strand take turns") {
    words log;
    co_await coil::join(note(log, "A", 3), note(log, "B", 3));
    CHECK(log == words{"A", "B", "A", "B", "A", "B"});
}

COIL_TEST("yield_now: a stop that comes while it gives way ends it") {
    words log;
    auto careless = [&]() -> task<> {
        log.emplace_back("gives way");
        co_await yield_now();
        log.emplace_back("not reached");
    };
    co_await coil::race(yield_now(), careless());
    CHECK(log == words{"gives way"});
}

COIL_TEST("yield_now: a loop of nothing else can be stopped") {
    int turns = 0;
    auto spin = [&]() -> task<> {
        for (;; ++turns) co_await yield_now();
    };
    co_await coil::race(spin(), give_way(5));
    CHECK(turns < 10);
}

COIL_TEST("stop_here: ends the coroutine and what awaits it, up to who looks") {
    words log;
    auto inner = [&]() -> task<> {
        const trace end(log, "inner");
        co_await coil::stop_here();
    };
    auto outer = [&]() -> task<int> {
        const trace end(log, "outer");
        co_await inner();
        co_return 1;
    };
    const auto ended = co_await coil::as_outcome(outer());
    CHECK(ended.is_stopped());
    CHECK(log == words{"~inner", "~outer"});
}

COIL_TEST("stop_requested: tells a computing loop, and is answered under a stop") {
    int steps = 0;
    auto compute = [&]() -> task<int> {
        coil::context& scope = co_await scope_here();
        for (;; ++steps) {
            const bool stops = co_await coil::stop_requested();
            if (stops) co_return steps;
            if (steps == 3) scope.request_stop(coil::stop_reason::requested);
        }
    };
    auto whole = [&]() -> task<> { co_await coil::race(compute(), never()); };
    (void)co_await coil::as_outcome(whole());
    CHECK(steps == 4);
}

//! [a loop that can be stopped]
namespace {
task<long> compute() {
    long rounds = 0;
    while (!co_await coil::stop_requested()) ++rounds;
    co_return rounds;
}
}  // namespace
//! [a loop that can be stopped]

COIL_TEST("stop_requested: a loop that asks lets others run, who may stop it") {
    auto rounds = co_await coil::race(compute(), give_way(3));
    CHECK(rounds.index() == 1);
}

COIL_TEST("never: only a stop ends it") {
    int present = 0;
    const auto won = co_await coil::race(be_there(present), give_way(2));
    CHECK(won.index() == 1);
    CHECK(present == 1);
}

COIL_TEST("ready: gives its value at once, also one that can only be moved") {
    CHECK(co_await convert(fixed_rate(), 6) == 42);
    auto boxed = co_await coil::ready(std::make_unique<int>(5));
    CHECK(*boxed == 5);
    co_await coil::ready();
    const auto won = co_await coil::race(coil::never(), coil::ready(1));
    CHECK(won.index() == 1);
}

COIL_TEST("ready: under a stop it gives nothing, and in a loop it gives way") {
    int taken = 0;
    auto take = [&]() -> task<> {
        for (;;) taken += co_await coil::ready(1);
    };
    const auto won = co_await coil::race(take(), give_way(3));
    CHECK(won.index() == 1);
    CHECK(taken > 0);
    bool was_given = false;
    auto stopped = [&]() -> task<> {
        (void)co_await coil::as_outcome(coil::never());
        co_await coil::ready();
        was_given = true;
    };
    (void)co_await coil::race(stopped(), give_way(1));
    CHECK_FALSE(was_given);
}
