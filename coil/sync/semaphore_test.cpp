// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/sync/semaphore.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using coil::semaphore;
using coil::testing::words;

namespace {

coil::task<> fetch(semaphore& at_once, int& now, int& most) {
    auto permit = co_await at_once.acquire();
    most = std::max(most, ++now);
    co_await coil::sleep(1s);
    --now;
}

/// Takes some, says so, and keeps them for a while.
coil::task<> take(semaphore& from, std::size_t count, const char* name, words& log) {
    auto permit = co_await from.acquire(count);
    log.push_back(name);
    co_await coil::sleep(1s);
}

}  // namespace

COIL_TEST("semaphore: at most as many as there are permits go on") {
    int now = 0;
    int most = 0;
    //! [at most two at once]
    semaphore at_once(2);
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 7; ++i) g.spawn(fetch(at_once, now, most));
    });
    //! [at most two at once]
    CHECK(most == 2);
    CHECK(at_once.available() == 2);
}

COIL_TEST("semaphore: who wants many is not overtaken by who wants few") {
    semaphore three(3);
    words log;
    co_await coil::join(take(three, 2, "two", log), take(three, 3, "three", log),
                        take(three, 1, "one", log));
    CHECK(log == words{"two", "three", "one"});
}

COIL_TEST("semaphore: a stopped waiter leaves the line, and the next go on") {
    semaphore three(3);
    words log;
    auto two = co_await three.acquire(2);
    co_await coil::join(coil::race(take(three, 3, "three", log), coil::sleep(1ms)),
                        take(three, 1, "one", log), take(three, 1, "another", log));
    CHECK(log == words{"one", "another"});
    CHECK(three.available() == 1);
}

COIL_TEST("semaphore: permits that were handed over are not lost to a stop") {
    semaphore one(1);
    std::optional held(co_await one.acquire());
    auto give_back = [&]() -> coil::task<> {
        co_await coil::yield_now();
        held.reset();  // in the same turn as the other branch ends
    };
    co_await coil::join(coil::race(one.acquire(), give_back()), coil::yield_now());
    CHECK(one.available() == 1);
}

COIL_TEST("semaphore: try_acquire does not overtake, nor wait") {
    semaphore two(2);
    auto one = two.try_acquire();
    CHECK(one.has_value());
    CHECK_FALSE(two.try_acquire(2).has_value());
    auto waits = [&]() -> coil::task<> { auto both = co_await two.acquire(2); };
    auto tries = [&]() -> coil::task<> {
        co_await coil::yield_now();
        CHECK_FALSE(two.try_acquire(1).has_value());  // somebody waits for it
        one.reset();
    };
    co_await coil::join(waits(), tries());
    CHECK(two.available() == 2);
}

COIL_TEST("semaphore: permits may be added, moved and given back early") {
    semaphore none(0);
    none.add(2);
    auto first = co_await none.acquire();
    auto second = co_await none.acquire();
    first = std::move(second);
    CHECK(none.available() == 1);
    CHECK(first.holds());
    CHECK_FALSE(second.holds());  // tidy: a permit says so when it was moved from
    first.give_back();
    CHECK_FALSE(first.holds());
    CHECK(none.available() == 2);
}

COIL_TEST("semaphore: a time-out takes none") {
    semaphore none(0);
    auto in_time = co_await coil::with_timeout(1s, none.acquire());
    CHECK_FALSE(in_time.has_value());
    none.add(1);
    CHECK(none.available() == 1);
}

TEST_CASE("semaphore: a local one is for local tasks") {
    CHECK(coil::sendable<semaphore::permit>);
    CHECK(coil::shareable<semaphore>);
    CHECK_FALSE(coil::shareable<coil::local::semaphore>);
    CHECK_FALSE(coil::sendable<coil::local::semaphore&>);
}
