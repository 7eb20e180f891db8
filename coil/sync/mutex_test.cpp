// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

struct account {
    coil::mutex in_use;
    int balance = 0;
};

//! [one at a time]
coil::task<> deposit(account& to, int amount) {
    auto guard = co_await to.in_use.lock();
    const int before = to.balance;
    co_await coil::sleep(1ms);  // nobody else comes in between
    to.balance = before + amount;
}
//! [one at a time]

coil::local_task<> enter(coil::local::mutex& door, const char* name, words& log) {
    auto guard = co_await door.lock();
    log.push_back(name);
    co_await coil::yield_now();
}

}  // namespace

COIL_TEST("mutex: what it guards stays whole across an await") {
    account mine;
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 1; i <= 10; ++i) g.spawn(deposit(mine, i));
    });
    CHECK(mine.balance == 55);
}

COIL_TEST("mutex: goes from hand to hand, first come first served") {
    coil::local::mutex door;
    words log;
    co_await coil::join(enter(door, "a", log), enter(door, "b", log),
                        enter(door, "c", log));
    CHECK(log == words{"a", "b", "c"});
}

COIL_TEST("mutex: a stopped waiter leaves the line") {
    account mine;
    std::optional guard(co_await mine.in_use.lock());
    const bool in_time = co_await coil::with_timeout(1s, deposit(mine, 1));
    CHECK_FALSE(in_time);
    CHECK_FALSE(mine.in_use.try_lock().has_value());
    guard.reset();
    CHECK(mine.in_use.try_lock().has_value());
    CHECK(mine.balance == 0);
}

COIL_TEST("mutex: a stop while it is held unlocks it") {
    account mine;
    co_await coil::race(deposit(mine, 1), coil::yield_now());
    CHECK(mine.in_use.try_lock().has_value());
    CHECK(mine.balance == 0);
}

namespace {

coil::task<> read(coil::shared_mutex& door, int& readers, int& most) {
    auto guard = co_await door.lock_shared();
    most = std::max(most, ++readers);
    co_await coil::sleep(1s);
    --readers;
}

coil::task<> write(coil::shared_mutex& door, int& readers, bool& was_alone) {
    auto guard = co_await door.lock();
    was_alone = readers == 0;
    co_await coil::sleep(1s);
}

}  // namespace

COIL_TEST("shared_mutex: readers share, a writer is alone and not starved") {
    int readers = 0;
    int most = 0;
    bool was_alone = false;
    const auto begin = coil::now();
    //! [readers and a writer]
    coil::shared_mutex door;
    co_await coil::join(read(door, readers, most), read(door, readers, most),
                        write(door, readers, was_alone), read(door, readers, most));
    //! [readers and a writer]
    CHECK(most == 2);
    CHECK(was_alone);
    CHECK(coil::now() - begin == 3s);
}

COIL_TEST("shared_mutex: a writer that gives up lets the readers in") {
    coil::shared_mutex door;
    int readers = 0;
    int most = 0;
    bool was_alone = false;
    auto first = co_await door.lock_shared();
    co_await coil::join(coil::race(write(door, readers, was_alone), coil::sleep(1ms)),
                        read(door, readers, most));
    CHECK(most == 1);
    CHECK_FALSE(was_alone);
    CHECK_FALSE(door.try_lock().has_value());
    CHECK(door.try_lock_shared().has_value());
}
