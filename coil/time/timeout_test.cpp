// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::sleep;
using coil::task;
using coil::with_timeout;

namespace {
task<int> reply_after(coil::clock::duration delay) {
    co_await sleep(delay);
    co_return 7;
}
/// Takes its time to clean up, and then gives a value all the same.
task<int> late(coil::clock::duration cleanup) {
    (void)co_await coil::as_outcome(never());
    co_await coil::shield(sleep(cleanup));
    co_return 8;
}
}  // namespace

COIL_TEST("with_timeout: a reply in time") {
    //! [a reply in time]
    const std::optional<int> reply = co_await with_timeout(10ms, reply_after(5ms));
    CHECK(reply == 7);
    const std::optional<int> none = co_await with_timeout(10ms, reply_after(20ms));
    CHECK(none == std::nullopt);
    //! [a reply in time]
}

COIL_TEST("with_timeout: work that is ready is in time, if there is no time at all") {
    auto ready = []() -> task<int> { co_return 5; };
    const std::optional<int> at_once = co_await with_timeout(0ms, ready());
    CHECK(at_once == 5);
    const std::optional<int> none = co_await with_timeout(0ms, reply_after(1ms));
    CHECK(none == std::nullopt);
}

COIL_TEST("with_timeout: of what gives nothing tells whether it ended") {
    const bool in_time = co_await with_timeout(10ms, sleep(5ms));
    const bool too_late = co_await with_timeout(10ms, sleep(20ms));
    CHECK(in_time);
    CHECK_FALSE(too_late);
}

COIL_TEST("with_timeout: ends at the deadline, which counts from the await") {
    auto limited = with_timeout(10ms, never());
    co_await sleep(50ms);
    const coil::instant start = coil::now();
    const bool ended = co_await std::move(limited);
    CHECK_FALSE(ended);
    CHECK(coil::now() - start == 10ms);
}

COIL_TEST("with_timeout: clean-up takes its own time, and a late value counts") {
    const coil::instant start = coil::now();
    const std::optional<int> value = co_await with_timeout(10ms, late(5ms));
    CHECK(value == 8);
    CHECK(coil::now() - start == 15ms);
}

COIL_TEST("with_timeout: a stop from outside is no time-out") {
    words log;
    auto limited = [&]() -> task<> {
        const trace end(log, "stopped");
        (void)co_await with_timeout(1h, never());
        log.emplace_back("not reached");
    };
    co_await coil::race(limited(), sleep(1ms));
    CHECK(log == words{"~stopped"});
}

COIL_TEST(
    "with_timeout: time that runs out during a stop from outside is no time-out") {
    words log;
    struct slow_drop {
        task<> async_drop() { co_await sleep(30ms); }
    };
    auto limited = [&]() -> task<> {
        const trace end(log, "stopped");
        auto body = [](slow_drop&) { return never(); };
        (void)co_await with_timeout(10ms, coil::with(slow_drop(), body));
        log.emplace_back("not reached");
    };
    co_await coil::race(limited(), sleep(1ms));
    CHECK(log == words{"~stopped"});
}

COIL_TEST("with_timeout: nested, the shorter one ends first") {
    const coil::instant start = coil::now();
    const auto outer = co_await with_timeout(5ms, with_timeout(10ms, never()));
    CHECK_FALSE(outer.has_value());
    CHECK(coil::now() - start == 5ms);
    const auto inner = co_await with_timeout(10ms, with_timeout(5ms, never()));
    REQUIRE(inner.has_value());
    CHECK_FALSE(*inner);
}

COIL_TEST("with_timeout: tells the reason") {
    auto reason = coil::stop_reason::none;
    auto look = [&]() -> task<> {
        (void)co_await coil::as_outcome(never());
        const coil::context& scope = co_await scope_here();
        reason = scope.reason();
    };
    (void)co_await with_timeout(1ms, look());
    CHECK(reason == coil::stop_reason::timed_out);
}

COIL_TEST("with_timeout: work that stops by itself is no time-out") {
    const auto ended = co_await coil::as_outcome(with_timeout(1ms, coil::stop_here()));
    CHECK(ended.is_stopped());
}

COIL_TEST("with_timeout: move-only values and a limit without end") {
    auto make = []() -> task<std::unique_ptr<int>> {
        co_await coil::yield_now();
        co_return std::make_unique<int>(3);
    };
    co_await sleep(1ms);
    auto value = co_await with_timeout(coil::clock::duration::max(), make());
    REQUIRE(value.has_value());
    CHECK(**value == 3);
}

#if COIL_EXCEPTIONS
COIL_TEST("with_timeout: an error is the work's own") {
    auto fail = []() -> task<int> {
        co_await coil::yield_now();
        throw std::runtime_error("no");
    };
    auto ended = co_await coil::as_outcome(with_timeout(1s, fail()));
    CHECK_THROWS_WITH(ended.take(), "no");
}
#endif

COIL_TEST("with_timeout: the longest duration of any unit never ends") {
    const auto start = coil::now();
    CHECK(co_await coil::with_timeout(std::chrono::seconds::max(), coil::sleep(1h)));
    CHECK(co_await coil::with_timeout(std::chrono::hours::max(), coil::sleep(1h)));
    const std::chrono::duration<double> much(1e300);
    CHECK(co_await coil::with_timeout(much, coil::sleep(1h)));
    CHECK(coil::now() - start == 3h);
}

COIL_TEST("with_timeout: a reference comes as a pointer") {
    int number = 1;
    auto refer = [](int& to) -> coil::task<int&> { co_return to; };
    int* const found = co_await coil::with_timeout(1s, refer(number));
    CHECK(found == &number);
}

COIL_TEST("time_left: a deadline to pass on") {
    //! [a deadline to pass on]
    auto ask = [](std::string& line) -> task<> {
        const auto left = co_await coil::time_left();
        line = "timeout_ms=" + std::to_string(left / 1ms);
    };
    std::string line;
    const bool in_time = co_await with_timeout(250ms, ask(line));
    CHECK((in_time && line == "timeout_ms=250"));
    //! [a deadline to pass on]
    CHECK(co_await coil::time_left() == coil::clock::duration::max());
}

COIL_TEST("time_left: counts down, and is the shortest of all limits around it") {
    auto nested = []() -> task<> {
        co_await sleep(4ms);
        CHECK(co_await coil::time_left() == 6ms);
        const auto sooner = co_await with_timeout(5ms, coil::time_left());
        CHECK(sooner == 5ms);
        const auto later = co_await with_timeout(1h, coil::time_left());
        CHECK(later == 6ms);
        auto unlimited = with_timeout(coil::clock::duration::max(), coil::time_left());
        CHECK(co_await std::move(unlimited) == 6ms);
        CHECK(co_await coil::time_left() == 6ms);
    };
    CHECK(co_await with_timeout(10ms, nested()));
}

COIL_TEST("time_left: is nothing when the time is over, and says so under a stop") {
    auto overdue = []() -> task<coil::clock::duration> {
        (void)co_await coil::as_outcome(sleep(1h));
        co_return co_await coil::time_left();
    };
    const auto left = co_await with_timeout(10ms, overdue());
    CHECK(left == 0ms);
}

COIL_TEST("time_left: a shield and clean-up have all the time there is") {
    struct resource {
        coil::clock::duration* left;
        task<> async_drop() { *left = co_await coil::time_left(); }
    };
    coil::clock::duration of_drop = {};
    auto use = [&]() -> task<> {
        CHECK(co_await coil::shield(coil::time_left()) == coil::clock::duration::max());
        auto limited = with_timeout(3ms, coil::time_left());
        const auto inside = co_await coil::shield(std::move(limited));
        CHECK(inside == 3ms);
        co_await coil::with([&] { return resource{&of_drop}; },
                            [](resource&) { return sleep(1ms); });
    };
    CHECK(co_await with_timeout(10ms, use()));
    CHECK(of_drop == coil::clock::duration::max());
}

COIL_TEST("time_left: children and branches have the limits around them") {
    coil::clock::duration of_child = {};
    auto note = [&]() -> task<> {
        co_await sleep(2ms);
        of_child = co_await coil::time_left();
    };
    auto family = [&](coil::group& g) { g.spawn(note()); };
    CHECK(co_await with_timeout(10ms, coil::with_group(family)));
    CHECK(of_child == 8ms);
    auto branch = with_timeout(7ms, coil::race(never(), coil::time_left()));
    const auto won = co_await std::move(branch);
    REQUIRE(won);
    CHECK(won->get<1>() == 7ms);
}
