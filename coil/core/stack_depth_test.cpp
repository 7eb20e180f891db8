// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 5: native stack use depends neither on the number of awaits, nor on their
// nesting, nor on how they end.
#include <coil/core/as_outcome.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/stack_gauge.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::task;

namespace {

// The sanitizers' frames are large, and what they remember of a freed one is larger.
constexpr int depth = COIL_SANITIZED ? 100'000 : 1'000'000;
constexpr int combinator_depth = COIL_SANITIZED ? 20'000 : 100'000;
constexpr int count = 1'000'000;

struct at_exit {
    stack_gauge& gauge;
    ~at_exit() { gauge.look(); }
};
struct droppable {
    stack_gauge& gauge;
    task<> async_drop() {
        gauge.look();
        co_return;
    }
};

enum class ending { value, error, stop };

task<> end_as(ending how) {
    co_await coil::yield_now();
    if (how == ending::stop) co_await coil::stop_here();
#if COIL_EXCEPTIONS
    if (how == ending::error) throw std::runtime_error("from the depth");
#endif
}

task<> plain(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    if (levels == 0) {
        co_await end_as(how);
    } else {
        co_await plain(gauge, levels - 1, how);
    }
}
task<> joins(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    if (levels == 0) {
        co_await end_as(how);
    } else {
        co_await coil::join(joins(gauge, levels - 1, how), coil::yield_now());
    }
}
task<> races(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    if (levels == 0) {
        co_await end_as(how);
    } else {
        co_await coil::race(races(gauge, levels - 1, how), coil::stop_here());
    }
}
task<> withs(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    if (levels == 0) {
        co_await end_as(how);
    } else {
        auto body = [&](droppable&) { return withs(gauge, levels - 1, how); };
        co_await coil::with(droppable{gauge}, body);
    }
}
task<> owns(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    co_await coil::own(droppable{gauge});
    if (levels == 0) {
        co_await end_as(how);
    } else {
        co_await owns(gauge, levels - 1, how);
    }
}
task<> timeouts(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    if (levels == 0) {
        co_await end_as(how);
    } else {
        (void)co_await coil::with_timeout(1h, timeouts(gauge, levels - 1, how));
    }
}
/// Looks at every level's outcome and passes it on.
task<> outcomes(stack_gauge& gauge, int levels, ending how) {
    const at_exit local{gauge};
    gauge.look();
    if (levels == 0) {
        co_await end_as(how);
    } else {
        auto ended = co_await as_outcome(outcomes(gauge, levels - 1, how));
        if (ended.is_stopped()) co_await coil::stop_here();
        ended.take();
    }
}

using nesting = task<>(stack_gauge&, int, ending);

coil::local_task<> check_depth(nesting* nest, int levels) {
    for (const ending how : {ending::value, ending::error, ending::stop}) {
        if (how == ending::error && !COIL_EXCEPTIONS) continue;
        stack_gauge gauge;
        const auto ended = co_await as_outcome(nest(gauge, levels, how));
        CHECK(ended.has_value() == (how == ending::value));
        CHECK(ended.is_stopped() == (how == ending::stop));
        CHECK(gauge.used() < stack_allowed);
    }
}

}  // namespace

COIL_TEST("stack depth: nested awaits, down, up, failing and stopped") {
    co_await check_depth(&plain, depth);
}
COIL_TEST("stack depth: nested joins") {
    co_await check_depth(&joins, combinator_depth);
}
COIL_TEST("stack depth: nested races") {
    co_await check_depth(&races, combinator_depth);
}
COIL_TEST("stack depth: nested withs") {
    co_await check_depth(&withs, combinator_depth);
}
COIL_TEST("stack depth: nested coroutines that own something") {
    co_await check_depth(&owns, combinator_depth);
}
COIL_TEST("stack depth: nested time-outs") {
    co_await check_depth(&timeouts, combinator_depth);
}
COIL_TEST("stack depth: nested outcomes") {
    co_await check_depth(&outcomes, combinator_depth);
}

COIL_TEST("stack depth: stopped from outside") {
    for (nesting* const nest : {&joins, &races, &withs, &owns, &timeouts}) {
        stack_gauge gauge;
        auto hang = [&](droppable&) -> task<> {
            co_await coil::join(nest(gauge, combinator_depth / 4, ending::value),
                                never());
        };
        co_await coil::race(coil::with(droppable{gauge}, hang), give_way(1));
        CHECK(gauge.used() < stack_allowed);
    }
}

COIL_TEST("stack depth: a million ready children, outcomes, joins, yields in a loop") {
    stack_gauge gauge;
    long sum = 0;
    auto ready = [&](int n) -> task<int> {
        gauge.look();
        co_return n;
    };
    for (int i = 0; i < count; ++i) {
        const int value = co_await ready(1);
        sum += value;
    }
    CHECK(sum == count);
    for (int i = 0; i < count; ++i) {
        const auto ended = co_await as_outcome(ready(1));
        sum -= ended.has_value() ? 1 : 0;
    }
    CHECK(sum == 0);
    for (int i = 0; i < count / 4; ++i) {
        const auto [a, b] = co_await coil::join(ready(1), ready(2));
        sum += a + b;
    }
    CHECK(sum == 3 * (count / 4));
    for (int i = 0; i < count; ++i) {
        co_await coil::yield_now();
        gauge.look();
    }
    for (int i = 0; i < count / 4; ++i) {
        const auto stopped = co_await as_outcome(coil::stop_here());
        sum += stopped.is_stopped() ? 0 : 1;
        gauge.look();
    }
    CHECK(sum == 3 * (count / 4));
    CHECK(gauge.used() < stack_allowed);
}
