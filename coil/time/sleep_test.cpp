// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::sleep;
using coil::task;

COIL_TEST("sleep: takes virtual time") {
    //! [sleep takes virtual time]
    const coil::instant start = coil::now();
    co_await sleep(2h);
    CHECK(coil::now() - start == 2h);
    //! [sleep takes virtual time]
}

COIL_TEST("sleep: counts from the await, not from the call") {
    auto pause = sleep(10ms);
    co_await sleep(5ms);
    const coil::instant start = coil::now();
    co_await std::move(pause);
    CHECK(coil::now() - start == 10ms);
}

COIL_TEST("sleep: rounds up, never early") {
    const coil::instant start = coil::now();
    co_await sleep(std::chrono::duration<double, std::nano>(1.5));
    CHECK(coil::now() - start == 2ns);
}

COIL_TEST("sleep: a deadline that has passed gives way once") {
    words log;
    auto first = [&]() -> task<> {
        log.emplace_back("sleeps");
        co_await coil::sleep_until(coil::now() - 1ms);
        log.emplace_back("slept");
    };
    auto second = [&]() -> task<> {
        log.emplace_back("other");
        co_return;
    };
    const coil::instant start = coil::now();
    co_await coil::join(first(), second());
    CHECK(log == words{"sleeps", "other", "slept"});
    CHECK(coil::now() == start);
}

COIL_TEST("sleep: of equal deadlines the first begun wakes first") {
    words log;
    auto nap = [&](std::string name, coil::clock::duration pause) -> task<> {
        co_await sleep(pause);
        log.push_back(name);
    };
    co_await coil::join(nap("a", 2ms), nap("b", 1ms), nap("c", 2ms));
    CHECK(log == words{"b", "a", "c"});
}

COIL_TEST("sleep: a stop ends it at once") {
    const coil::instant start = coil::now();
    co_await coil::race(sleep(1h), sleep(1ms));
    CHECK(coil::now() - start == 1ms);
}

COIL_TEST("sleep: for ever means until a stop") {
    co_await sleep(1ms);
    co_await coil::race(sleep(coil::clock::duration::max()), sleep(24h * 365),
                        coil::sleep_until(coil::instant::max()));
}

COIL_TEST("sleep: a negative pause is over at once") {
    const coil::instant start = coil::now();
    co_await sleep(-5s);
    CHECK(coil::now() == start);
}

COIL_TEST("sleep: the longest duration of any unit never ends") {
    const auto start = coil::now();
    CHECK_FALSE(
        co_await coil::with_timeout(1h, coil::sleep(std::chrono::hours::max())));
    CHECK_FALSE(
        co_await coil::with_timeout(1h, coil::sleep(std::chrono::nanoseconds::max())));
    CHECK(coil::now() - start == 2h);
}
