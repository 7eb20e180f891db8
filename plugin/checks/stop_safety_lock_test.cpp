// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A strand that waits for what it holds itself.
#include <coil/core/core.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <utility>

using namespace std::chrono_literals;

coil::task<> other_work();
coil::task<> with_guard(coil::mutex::guard held);
coil::task<> update(coil::mutex& m) {
    const auto held = co_await m.lock();
    co_await other_work();
}
coil::task<> update_twice(coil::mutex& m) {
    co_await update(m);
    co_await update(m);
}

coil::task<> locks_twice(coil::mutex& m) {
    const auto held = co_await m.lock();
    // expected-warning@+1 {{waits for 'm', which this coroutine already holds}}
    const auto again = co_await m.lock();
}
coil::task<> locks_two(coil::mutex& m, coil::mutex& other) {
    const auto held = co_await m.lock();
    const auto again = co_await other.lock();
}
coil::task<> locks_after_the_block(coil::mutex& m) {
    { const auto held = co_await m.lock(); }
    const auto again = co_await m.lock();
}
coil::task<> locks_after_giving_back(coil::mutex& m) {
    auto held = co_await m.lock();
    held.give_back();
    co_await update(m);
}
coil::task<> locks_in_each_round(coil::mutex& m) {
    for (int i = 0; i < 3; ++i) const auto held = co_await m.lock();
}
coil::task<> calls_what_locks(coil::mutex& m) {
    const auto held = co_await m.lock();
    co_await update(m);  // expected-warning {{'update' waits for 'm'}}
}
coil::task<> calls_what_calls_what_locks(coil::mutex& m) {
    const auto held = co_await m.lock();
    co_await update_twice(m);  // expected-warning {{'update_twice' waits}}
}
coil::task<> calls_what_locks_another(coil::mutex& m, coil::mutex& other) {
    const auto held = co_await m.lock();
    co_await update(other);
}
coil::task<> hands_the_guard_on(coil::mutex& m) {
    auto held = co_await m.lock();
    co_await with_guard(std::move(held));
    co_await update(m);
}
coil::task<> holds_on_some_paths(coil::mutex& m, bool early) {
    auto held = co_await m.lock();
    if (early) held.give_back();
    co_await update(m);  // Not sure, so silent.
}

// A branch that is awaited while a sibling, or the frame around it, holds the guard.

coil::task<> races_for_it(coil::mutex& m) {
    const auto held = co_await m.lock();
    co_await coil::race(update(m), coil::sleep(1s));  // The other branch ends it.
    co_await coil::with_timeout(1s, m.lock());
}
coil::task<> join_lock(coil::mutex& m) {
    const auto held = co_await m.lock();
    co_await coil::join(other_work(), update(m));  // expected-warning {{waits for 'm'}}
}
coil::task<> siblings_lock_in_turn(coil::mutex& m) {
    co_await coil::join(update(m), update(m));
}
coil::task<> handles_after_the_race(coil::mutex& m) {
    // Losers are stopped and awaited, so none of them holds or waits any more.
    co_await coil::race(update(m), coil::sleep(1s));
    co_await update(m);
}
coil::task<> children_lock(coil::mutex& m) {
    const auto held = co_await m.lock();
    // expected-warning@+1 {{this waits for 'm'}}
    co_await coil::with_group([&](coil::group& g) { g.spawn(update(m)); });
}
coil::task<> children_lock_later(coil::mutex& m) {
    {
        const auto held = co_await m.lock();
        co_await other_work();
    }
    co_await coil::with_group([&](coil::group& g) { g.spawn(update(m)); });
}

// Members.

class account {
public:
    coil::task<> pay() {
        const auto held = co_await mutex_.lock();
        co_await log();  // expected-warning {{'log' waits for 'mutex_', which this}}
    }
    coil::task<> pay_rightly() {
        const auto held = co_await mutex_.lock();
        co_await log_held();
    }
    coil::task<> pay_another(account& to) {
        const auto held = co_await mutex_.lock();
        co_await to.log();
    }

private:
    coil::task<> log() {
        const auto held = co_await mutex_.lock();
        co_await other_work();
    }
    coil::task<> log_held() { co_await other_work(); }
    coil::mutex mutex_;
};

// Readers.

coil::task<> reads_twice(coil::shared_mutex& m) {
    const auto held = co_await m.lock_shared();
    const auto again = co_await m.lock_shared();
}
coil::task<> reads_then_writes(coil::shared_mutex& m) {
    const auto held = co_await m.lock_shared();
    const auto again = co_await m.lock();  // expected-warning {{this waits for 'm'}}
}
coil::task<> writes_then_reads(coil::shared_mutex& m) {
    const auto held = co_await m.lock();
    const auto again = co_await m.lock_shared();  // expected-warning {{waits for 'm'}}
}
coil::task<> tries(coil::mutex& m) {
    const auto held = co_await m.lock();
    if (m.try_lock()) co_return;
}

[[gsl::suppress("coil-stop-safety")]] coil::task<> silenced(coil::mutex& m) {
    const auto held = co_await m.lock();
    co_await update(m);
}
