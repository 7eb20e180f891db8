// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/rate_limiter.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <vector>

using namespace std::chrono_literals;
using coil::rate_limiter;
using coil::testing::words;

namespace {

using durations = std::vector<coil::clock::duration>;

/// When `times` tokens were taken, one by one, counted from now.
coil::task<durations> take_each(rate_limiter& from, int times) {
    const auto start = coil::now();
    durations taken;
    for (int i = 0; i < times; ++i) {
        co_await from.acquire();
        taken.push_back(coil::now() - start);
    }
    co_return taken;
}

coil::task<> take(rate_limiter& from, std::size_t count, const char* name, words& log) {
    co_await from.acquire(count);
    log.push_back(name + std::to_string(coil::now().time_since_epoch() / 1s));
}

}  // namespace

COIL_TEST("rate_limiter: so many at once, then evenly spread") {
    //! [ten calls a second]
    rate_limiter calls({.count = 10, .per = 1s, .burst = 2});
    const auto start = coil::now();
    for (int i = 0; i < 22; ++i) co_await calls.acquire();
    CHECK(coil::now() == start + 2s);
    //! [ten calls a second]
    const durations next = co_await take_each(calls, 3);
    CHECK(next == durations{100ms, 200ms, 300ms});
}

COIL_TEST("rate_limiter: a pause fills the bucket, and not more than that") {
    rate_limiter calls({.count = 1, .per = 1s, .burst = 3});
    (void)co_await take_each(calls, 3);
    co_await coil::sleep(2s);
    CHECK(calls.try_acquire(2));
    CHECK_FALSE(calls.try_acquire());
    co_await coil::sleep(24h);
    CHECK(calls.try_acquire(3));
    CHECK_FALSE(calls.try_acquire());
    const durations next = co_await take_each(calls, 2);
    CHECK(next == durations{1s, 2s});
}

COIL_TEST("rate_limiter: what does not divide evenly is not rounded away") {
    rate_limiter calls({.count = 3, .per = 1s});
    const durations taken = co_await take_each(calls, 3001);
    CHECK(taken[1] == 333333334ns);
    CHECK(taken[2] == 666666667ns);
    CHECK(taken[3] == 1s);
    CHECK(taken.back() == 1000s);
}

COIL_TEST("rate_limiter: who wants many is not overtaken by who wants few") {
    rate_limiter calls({.count = 1, .per = 1s, .burst = 3});
    words log;
    co_await coil::join(take(calls, 2, "two at ", log),
                        take(calls, 3, "three at ", log),
                        take(calls, 1, "one at ", log));
    CHECK(log == words{"two at 0", "three at 2", "one at 3"});
}

COIL_TEST("rate_limiter: a stopped waiter takes none, and the next go on") {
    rate_limiter calls({.count = 1, .per = 1s, .burst = 3});
    words log;
    CHECK(calls.try_acquire(3));
    co_await coil::join(
        coil::with_timeout(2s, take(calls, 3, "first", log)), take(calls, 1, "a", log),
        coil::with_timeout(1s, take(calls, 3, "third", log)), take(calls, 2, "b", log));
    CHECK(log == words{"a2", "b3"});
    CHECK_FALSE(calls.try_acquire());
}

COIL_TEST("rate_limiter: nobody overtakes who waits") {
    rate_limiter calls({.count = 1, .per = 1s, .burst = 2});
    words log;
    CHECK(calls.try_acquire());
    auto try_meanwhile = [&]() -> coil::task<> {
        co_await coil::yield_now();
        CHECK_FALSE(calls.try_acquire());  // there is one, for the other
        co_await coil::sleep(3s);
        CHECK(calls.try_acquire(2));
    };
    co_await coil::join(take(calls, 2, "other at ", log), try_meanwhile());
    CHECK(log == words{"other at 1"});
}

COIL_TEST("rate_limiter: a race in a loop takes no more than it is told") {
    rate_limiter calls({.count = 1, .per = 10ms});
    int taken = 0;
    int pauses = 0;
    const auto start = coil::now();
    while (coil::now() < start + 1s) {
        const auto first = co_await coil::race(coil::sleep(5ms), calls.acquire());
        ++(first.index() == 0 ? pauses : taken);
    }
    CHECK(taken == 100);
    CHECK(pauses >= 100);
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};

coil::task<> take_impatiently(rate_limiter& from, int self, std::atomic<int>& taken) {
    for (int i = self; i < self + 300; ++i) {
        const std::size_t count = static_cast<std::size_t>(i) % 3 + 1;
        auto some = from.acquire(count);
        if (i % 4 == 0) {
            co_await std::move(some);
        } else {
            const bool in_time = co_await coil::with_timeout(
                std::chrono::microseconds(i % 50), std::move(some));
            if (!in_time) continue;
        }
        taken += static_cast<int>(count);
    }
}

coil::task<> take_together(std::atomic<int>& taken) {
    rate_limiter calls({.count = 200, .per = 1ms, .burst = 3});
    const auto start = coil::now();
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 6; ++i) g.spawn(take_impatiently(calls, i, taken));
    });
    const auto passed = coil::now() - start;
    CHECK(taken.load() <= 3 + passed / 5us);
}

}  // namespace

TEST_CASE("rate_limiter: between threads, stops included, nobody waits for ever") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> taken = 0;
    CHECK(runtime.run(take_together(taken)).has_value());
    CHECK(taken >= 6 * 75);
}
