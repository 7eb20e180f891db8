// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/interval.hpp>

#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::interval;
using coil::missed_ticks;
using coil::task;

namespace {

using milliseconds = std::vector<int>;

/// When the ticks of an interval of 10 ms come, if the second is handled so long.
task<milliseconds> ticks_after(coil::clock::duration work, missed_ticks missed) {
    const coil::instant start = coil::now();
    interval ticks(10ms, missed);
    milliseconds seen;
    for (int i = 0; i < 5; ++i) {
        co_await ticks.next();
        seen.push_back(static_cast<int>((coil::now() - start) / 1ms));
        if (i == 1) co_await coil::sleep(work);
    }
    co_return seen;
}

}  // namespace

COIL_TEST(
    "interval: ticks at once, then a period after each tick, not after the work") {
    const coil::instant start = coil::now();
    //! [every second]
    interval seconds(1s);
    for (int i = 0; i < 3; ++i) {
        const coil::instant due = *co_await seconds.next();
        CHECK(due == start + i * 1s);
        co_await coil::sleep(300ms);  // some work
    }
    //! [every second]
    CHECK(coil::now() == start + 2300ms);
}

COIL_TEST("interval: what was missed comes in a burst, shifts the rest or is skipped") {
    CHECK(co_await ticks_after(25ms, missed_ticks::burst) ==
          milliseconds{0, 10, 35, 35, 40});
    CHECK(co_await ticks_after(25ms, missed_ticks::delay) ==
          milliseconds{0, 10, 35, 45, 55});
    CHECK(co_await ticks_after(25ms, missed_ticks::skip) ==
          milliseconds{0, 10, 35, 40, 50});
}

COIL_TEST("interval: a tick that is only a little late does not shift the others") {
    CHECK(co_await ticks_after(12ms, missed_ticks::delay) ==
          milliseconds{0, 10, 22, 30, 40});
}

COIL_TEST("interval: a stopped next loses no tick, and none comes early") {
    const coil::instant start = coil::now();
    interval ticks(10ms);
    co_await ticks.next();
    for (int i = 0; i < 3; ++i) {
        auto first = co_await coil::race(ticks.next(), coil::sleep(4ms));
        CHECK(first.index() == (i == 2 ? 0U : 1U));
    }
    CHECK(coil::now() - start == 10ms);
    co_await ticks.next();
    CHECK(coil::now() - start == 20ms);
}

COIL_TEST("interval: after a reset the next tick is a period away") {
    const coil::instant start = coil::now();
    interval ticks(10ms);
    ticks.reset();
    CHECK(ticks.period() == 10ms);
    co_await ticks.next();
    CHECK(coil::now() - start == 10ms);
    co_await coil::sleep(3ms);
    ticks.reset();
    co_await ticks.next();
    CHECK(coil::now() - start == 23ms);
}

COIL_TEST("interval: one that never ticks again can be raced") {
    interval rare(coil::clock::duration::max());
    co_await rare.next();
    const auto first = co_await coil::race(rare.next(), coil::sleep(1h));
    CHECK(first.index() == 1);
}
