// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 11: a turn is fair.
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::task;

namespace {

task<> count_yields(int& count, int times) {
    for (int i = 0; i < times; ++i) {
        ++count;
        co_await coil::yield_now();
    }
}
/// Wakes its partner as soon as it is woken.
task<> chat(signal& mine, signal& partner, int& said, int times) {
    for (int i = 0; i < times; ++i) {
        (void)co_await mine.wait();
        ++said;
        partner.set();
    }
}
task<> always_ready(int& count, int times) {
    signal ready;
    for (int i = 0; i < times; ++i) {
        ready.set();
        (void)co_await ready.wait();
        ++count;
    }
}

}  // namespace

COIL_TEST("law 11: yielding strands alternate strictly") {
    words log;
    auto note = [](words& l, std::string name) -> task<> {
        for (int i = 0; i < 4; ++i) {
            l.push_back(name);
            co_await coil::yield_now();
        }
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(note(log, "A"));
        g.spawn(note(log, "B"));
    });
    CHECK(log == words{"A", "B", "A", "B", "A", "B", "A", "B"});
}

COIL_TEST("law 11: two chatting branches do not starve another strand") {
    int said = 0;
    int yields = 0;
    auto chatting = [&]() -> task<> {
        signal left;
        signal right;
        left.set();
        co_await coil::join(chat(left, right, said, 1000),
                            chat(right, left, said, 1000));
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(chatting());
        g.spawn(count_yields(yields, 500));
    });
    CHECK(said == 2000);
    CHECK(yields == 500);
}

COIL_TEST("law 11: while two branches chat another strand gets every other turn") {
    int said = 0;
    int seen = 0;
    auto chatting = [&]() -> task<> {
        signal left;
        signal right;
        left.set();
        co_await coil::join(chat(left, right, said, 100), chat(right, left, said, 100));
    };
    auto watch = [&]() -> task<> {
        for (int i = 0; i < 10; ++i) co_await coil::yield_now();
        seen = said;
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(chatting());
        g.spawn(watch());
    });
    CHECK(seen <= 22);
}

COIL_TEST("law 11: leaves that are always ready use up a turn's budget") {
    int ready = 0;
    int seen = 0;
    auto watch = [&]() -> task<> {
        co_await coil::yield_now();
        seen = ready;
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(always_ready(ready, 100'000));
        g.spawn(watch());
    });
    CHECK(ready == 100'000);
    CHECK(seen < 1000);
}

COIL_TEST("law 11: a branch that is always ready lets its sibling run") {
    int ready = 0;
    int yields = 0;
    co_await coil::join(always_ready(ready, 100'000), count_yields(yields, 100));
    CHECK(yields == 100);
    int sibling = 0;
    co_await coil::race(always_ready(ready, 1'000'000), count_yields(sibling, 10));
    CHECK(ready < 110'000);
}

COIL_TEST("law 11: a busy strand does not hold up the clock") {
    int yields = 0;
    const coil::instant start = coil::now();
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(count_yields(yields, 1000));
        g.spawn(coil::sleep(1ms));
    });
    CHECK(coil::now() - start == 1ms);
    CHECK(yields == 1000);
}
