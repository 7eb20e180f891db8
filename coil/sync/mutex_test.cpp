// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/testing/death.hpp>
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

namespace {

template <class Mutex>
concept may_be_downgraded =
    requires(typename Mutex::guard& guard) { guard.downgrade(); };
static_assert(may_be_downgraded<coil::shared_mutex>);
static_assert(may_be_downgraded<coil::local::shared_mutex>);
static_assert(!may_be_downgraded<coil::mutex>);

template <class Mutex>
coil::local_task<> note_write(Mutex& door, words& log, const char* name) {
    auto guard = co_await door.lock();
    log.push_back(name);
}
template <class Mutex>
coil::local_task<> note_read(Mutex& door, words& log, const char* name) {
    auto guard = co_await door.lock_shared();
    log.push_back(name);
    co_await coil::yield_now();
}
template <class Mutex>
coil::local_task<> write_and_read_on(Mutex& door, words& log) {
    auto guard = co_await door.lock();
    log.push_back("wrote");
    co_await coil::sleep(1s);  // the others get into line
    guard.downgrade();
    guard.downgrade();  // changes nothing
    co_await coil::sleep(1s);
    log.push_back("read");
}

template <class Mutex>
coil::local_task<words> downgrade_with_others_in_line() {
    Mutex door;
    words log;
    co_await coil::join(write_and_read_on(door, log), note_read(door, log, "reader"),
                        note_write(door, log, "writer"),
                        note_read(door, log, "later reader"));
    CHECK(door.try_lock().has_value());
    co_return log;
}

}  // namespace

COIL_TEST("shared_mutex: a downgraded lock lets readers in, and no writer first") {
    const words expected{"wrote", "reader", "read", "writer", "later reader"};
    const words seen = co_await downgrade_with_others_in_line<coil::shared_mutex>();
    CHECK(seen == expected);
    const words local =
        co_await downgrade_with_others_in_line<coil::local::shared_mutex>();
    CHECK(local == expected);
}

COIL_TEST("shared_mutex: a stop after the downgrade unlocks it") {
    coil::shared_mutex door;
    words log;
    auto in_time = co_await coil::with_timeout(1500ms, write_and_read_on(door, log));
    CHECK_FALSE(in_time);
    CHECK(log == words{"wrote"});
    CHECK(door.try_lock().has_value());
}

// A branch of a race that holds the lock, or queues for it, and loses; then the handler
// of the winner wants the lock, too. Where a loser is kept and not run any more, as
// after `select!` over a borrowed future, this waits for ever: "futurelock", Oxide's
// RFD 609.

namespace {

coil::task<> work_behind(coil::mutex& door, words& log, std::string name,
                         coil::clock::duration time) {
    auto guard = co_await door.lock();
    log.push_back(name);
    co_await coil::sleep(time);
    log.push_back(name + " done");
}

coil::task<> race_and_handle(coil::mutex& door, words& log) {
    auto first =
        co_await coil::race(work_behind(door, log, "loser", 24h), coil::sleep(1s));
    const auto handle = [&] { return work_behind(door, log, "handler", 1s); };
    co_await std::move(first).visit(handle, handle);
}

coil::generator<int> numbers_behind(coil::mutex& door) {
    auto guard = co_await door.lock();
    for (int i = 0; i < 3; ++i) co_yield i;
}
coil::task<> lock_beside_generator(coil::mutex& door, words& log) {
    auto numbers = numbers_behind(door);
    (void)co_await numbers.next();
    co_await work_behind(door, log, "consumer", 1s);
}

}  // namespace

COIL_TEST("mutex: a loser that holds it has let it go when the handler locks it") {
    coil::mutex door;
    words log;
    const auto begin = coil::now();
    co_await race_and_handle(door, log);
    CHECK(log == words{"loser", "handler", "handler done"});
    CHECK(coil::now() - begin == 2s);
}

COIL_TEST("mutex: a loser in the line for it has left when the handler locks it") {
    coil::mutex door;
    words log;
    const auto begin = coil::now();
    co_await coil::join(work_behind(door, log, "other", 5s), race_and_handle(door, log),
                        work_behind(door, log, "last", 1s));
    CHECK(log ==
          words{"other", "other done", "last", "last done", "handler", "handler done"});
    CHECK(coil::now() - begin == 7s);
}

COIL_TEST("mutex: what shall go on after the race is a child, and runs meanwhile") {
    coil::mutex door;
    words log;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(work_behind(door, log, "child", 5s));
        co_await coil::yield_now();
        co_await race_and_handle(door, log);
    });
    CHECK(log == words{"child", "child done", "handler", "handler done"});
}

// A generator is no branch: it stands still whenever nobody asks it for an item, and
// what it holds meanwhile is its consumer's to wait for.
TEST_CASE("mutex: who waits for what its own generator holds is told of the deadlock") {
    coil::mutex door;
    words log;
    coil::testing::virtual_runtime runtime;
    CHECK(runtime.run(lock_beside_generator(door, log)).is_stopped());
    CHECK(coil::testing::says(runtime.deadlock(), "waits for mutex"));
    CHECK(coil::testing::says(runtime.deadlock(), "lock_beside_generator"));
    CHECK(log.empty());
    CHECK(door.try_lock().has_value());
}

namespace {

coil::task<> lock_both(coil::mutex& first, coil::mutex& second) {
    auto one = co_await first.lock();
    co_await coil::yield_now();
    auto two = co_await second.lock();
}

}  // namespace

TEST_CASE(
    "mutex: two that are taken in two orders at once: the report names both waits") {
    coil::mutex a;
    coil::mutex b;
    coil::testing::virtual_runtime runtime;
    CHECK(runtime.run(coil::join(lock_both(a, b), lock_both(b, a))).is_stopped());
    const std::string& report = runtime.deadlock();
    const auto first = report.find("waits for mutex");
    REQUIRE(first != std::string::npos);
    CHECK(report.find("waits for mutex", first + 1) != std::string::npos);
    CHECK(coil::testing::says(report, "lock_both"));
    CHECK((a.try_lock().has_value() && b.try_lock().has_value()));
}

// Many threads.

namespace {

/// Guarded by the mutex only.
struct page {
    coil::shared_mutex in_use;
    int written_by = 0;
    int writes = 0;
};

//! [goes on as a reader]
coil::task<> write_and_look(page& of, int name) {
    auto guard = co_await of.in_use.lock();
    of.written_by = name;
    ++of.writes;
    guard.downgrade();  // others may read now
    co_await coil::yield_now();
    CHECK(of.written_by == name);  // and nobody has written since
}
//! [goes on as a reader]
coil::task<> look(page& of) {
    auto guard = co_await of.in_use.lock_shared();
    const int before = of.writes;
    co_await coil::yield_now();
    CHECK(of.writes == before);
}
coil::task<> look_and_write(page& of, int name) {
    for (int i = 0; i < 100; ++i) {
        co_await write_and_look(of, name);
        (void)co_await coil::with_timeout(std::chrono::microseconds(i % 5), look(of));
        (void)co_await coil::with_timeout(std::chrono::microseconds(i % 7),
                                          write_and_look(of, name));
    }
}
coil::task<> use_together(page& shared) {
    co_await coil::with_group([&](coil::group& g) {
        for (int name = 1; name <= 6; ++name) g.spawn(look_and_write(shared, name));
    });
}

}  // namespace

TEST_CASE("shared_mutex: on two workers a downgraded lock keeps writers out") {
    coil::multi_thread_runtime runtime({.workers = 2});
    page shared;
    REQUIRE(runtime.run(use_together(shared)).has_value());
    CHECK(shared.writes >= 600);
    CHECK(shared.in_use.try_lock().has_value());
}
