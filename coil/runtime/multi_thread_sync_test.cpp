// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/sync/semaphore.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// More workers than processors: they take turns where one would not expect it.
constexpr coil::multi_thread_options four_workers = {.workers = 4};

using queue = coil::channel<std::unique_ptr<int>>;

/// What was sent and what was received, each by many strands at once.
struct totals {
    std::atomic<long> sent = 0;
    std::atomic<long> received = 0;
};

coil::task<> send_some(queue& to, int from, int count, totals& all) {
    for (int i = from; i < from + count; ++i) {
        if (!co_await to.send(std::make_unique<int>(i))) co_return;
        all.sent += i;
        if (i % 16 == 0) co_await coil::yield_now();
    }
}

coil::task<> receive_all(queue& from, totals& all) {
    while (auto item = co_await from.receive()) all.received += **item;
}

coil::task<> pass_items(std::size_t capacity, totals& all) {
    queue items(capacity);
    co_await coil::with_group([&](coil::group& receivers) -> coil::task<> {
        for (int i = 0; i < 3; ++i) receivers.spawn(receive_all(items, all));
        co_await coil::with_group([&](coil::group& senders) {
            for (int i = 0; i < 4; ++i)
                senders.spawn(send_some(items, i * 1000, 1000, all));
        });
        items.close();
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: a channel's items each reach one receiver") {
    coil::multi_thread_runtime runtime(four_workers);
    for (const std::size_t capacity : {1UL, 2UL, 64UL}) {
        totals all;
        REQUIRE(runtime.run(pass_items(capacity, all)).has_value());
        CHECK(all.sent == 3999L * 4000 / 2);
        CHECK(all.received == all.sent);
    }
}

namespace {

coil::task<> receive_impatiently(queue& from, totals& all) {
    for (int i = 0;; ++i) {
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(i % 9),
                                                   from.receive());
        if (!in_time) continue;
        if (!in_time->has_value()) co_return;
        all.received += ***in_time;
    }
}

coil::task<> send_impatiently(queue& to, int from, int count, totals& all) {
    for (int i = from; i < from + count;) {
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(i % 7),
                                                   to.send(std::make_unique<int>(i)));
        if (!in_time) continue;
        all.sent += i++;
    }
}

coil::task<> pass_impatiently(totals& all) {
    queue items(2);
    co_await coil::with_group([&](coil::group& receivers) -> coil::task<> {
        for (int i = 0; i < 3; ++i) receivers.spawn(receive_impatiently(items, all));
        co_await coil::with_group([&](coil::group& senders) {
            for (int i = 0; i < 3; ++i)
                senders.spawn(send_impatiently(items, i * 500, 500, all));
        });
        items.close();
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: a stop loses no item of a channel") {
    coil::multi_thread_runtime runtime(four_workers);
    totals all;
    REQUIRE(runtime.run(pass_impatiently(all)).has_value());
    CHECK(all.sent == 1499L * 1500 / 2);
    CHECK(all.received == all.sent);
}

namespace {

coil::task<> reserve_impatiently(queue& to, int from, int count, totals& all) {
    const int end = from + count;
    for (int i = from; i < end;) {
        const auto wanted = static_cast<std::size_t>(i % 3 + 1);
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(i % 7),
                                                   to.reserve(wanted));
        if (!in_time) continue;
        auto& permit = **in_time;
        while (permit.left() > 0 && i < end && i % 5 != 4) {
            CHECK_UNARY(permit.send(std::make_unique<int>(i)));
            all.sent += i++;
        }
        if (i % 5 == 4 && i < end) {  // the rest of the room is not used
            if (co_await to.send(std::make_unique<int>(i))) all.sent += i;
            ++i;
        }
    }
}

coil::task<> receive_many_impatiently(queue& from, totals& all) {
    std::vector<std::unique_ptr<int>> items;
    for (int i = 0;; ++i) {
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(i % 9),
                                                   from.receive_many(items, 2));
        if (!in_time) continue;
        if (*in_time == 0) co_return;
        for (const auto& item : items) all.received += *item;
        items.clear();
    }
}

coil::task<> wait_for_end(queue& of, std::atomic<int>& told) {
    co_await of.wait_closed();
    ++told;
}

coil::task<> pass_many(totals& all, std::atomic<int>& told) {
    queue items(4);
    co_await coil::with_group([&](coil::group& receivers) -> coil::task<> {
        for (int i = 0; i < 2; ++i) receivers.spawn(wait_for_end(items, told));
        for (int i = 0; i < 2; ++i)
            receivers.spawn(receive_many_impatiently(items, all));
        receivers.spawn(receive_impatiently(items, all));
        co_await coil::with_group([&](coil::group& senders) {
            for (int i = 0; i < 3; ++i)
                senders.spawn(reserve_impatiently(items, i * 500, 500, all));
        });
        items.close();
    });
}

}  // namespace

TEST_CASE(
    "multi_thread_runtime: a stop loses neither reserved room nor several items") {
    for (const unsigned workers : {2U, 4U}) {
        coil::multi_thread_runtime runtime({.workers = workers});
        totals all;
        std::atomic<int> told = 0;
        REQUIRE(runtime.run(pass_many(all, told)).has_value());
        CHECK(all.sent == 1499L * 1500 / 2);
        CHECK(all.received == all.sent);
        CHECK(told == 2);
    }
}

namespace {

coil::task<> wait_for(coil::event& happened, std::atomic<int>& woken) {
    co_await happened.wait();
    ++woken;
}

coil::task<> publish(int waiters, std::atomic<int>& woken) {
    for (int round = 0; round < 200; ++round) {
        auto happened = std::make_unique<coil::event>();
        co_await coil::with_group([&](coil::group& g) {
            for (int i = 0; i < waiters; ++i) g.spawn(wait_for(*happened, woken));
            g.spawn(
                coil::call_once([](coil::event& e) { e.set(); }, std::ref(*happened)));
        });
    }
}

}  // namespace

TEST_CASE("multi_thread_runtime: an event wakes all who wait, and may end then") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> woken = 0;
    REQUIRE(runtime.run(publish(5, woken)).has_value());
    CHECK(woken == 1000);
}

namespace {

coil::task<> event_or_time(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        coil::event happened;
        [[gsl::suppress("coil-blocking")]] std::jthread setter([&] { happened.set(); });
        co_await coil::race(happened.wait(), coil::sleep(std::chrono::microseconds(i)));
        co_await happened.wait();
    }
}

}  // namespace

TEST_CASE("event: a thread outside of runtimes sets it") {
    coil::multi_thread_runtime runtime(four_workers);
    REQUIRE(runtime.run(event_or_time(100)).has_value());
    coil::run(event_or_time(100));
}

namespace {

coil::task<> take_from_outside(queue& from, totals& all) {
    co_await receive_all(from, all);
}

void send_from_outside(queue& to, totals& all) {
    for (int i = 0; i < 1000; ++i) {
        auto item = std::make_unique<int>(i);
        while (!to.try_send(std::move(item))) std::this_thread::yield();
        all.sent += i;
    }
    to.close();
}

}  // namespace

TEST_CASE("channel: connects runtimes and threads outside of them") {
    coil::multi_thread_runtime runtime(four_workers);
    for (const bool on_one_thread : {false, true}) {
        queue items(4);
        totals all;
        std::jthread sender([&] { send_from_outside(items, all); });
        if (on_one_thread) {
            coil::run(take_from_outside(items, all));
        } else {
            REQUIRE(runtime.run(take_from_outside(items, all)).has_value());
        }
        sender.join();
        CHECK(all.received == 999L * 1000 / 2);
    }
}

namespace {

/// Guarded by the mutex only, also across an await.
struct account {
    coil::mutex in_use;
    long balance = 0;
    bool is_inside = false;
};

coil::task<> deposit(account& to, int amount, int times) {
    for (int i = 0; i < times; ++i) {
        auto guard = co_await to.in_use.lock();
        CHECK_FALSE(std::exchange(to.is_inside, true));
        const long before = to.balance;
        if (i % 3 == 0) co_await coil::yield_now();
        to.balance = before + amount;
        to.is_inside = false;
    }
}

coil::task<> use_together(account& shared) {
    co_await coil::with_group([&](coil::group& g) {
        for (int amount = 1; amount <= 20; ++amount)
            g.spawn(deposit(shared, amount, 50));
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: a mutex guards plain data across awaits") {
    coil::multi_thread_runtime runtime(four_workers);
    account shared;
    REQUIRE(runtime.run(use_together(shared)).has_value());
    CHECK(shared.balance == 210L * 50);
}

namespace {

coil::task<> take_and_keep(coil::semaphore& from, std::size_t count, int times) {
    for (int i = 0; i < times; ++i) {
        auto permits = co_await coil::with_timeout(std::chrono::microseconds(i % 9),
                                                   from.acquire(count));
        if (i % 5 == 0) co_await coil::yield_now();
    }
}

coil::task<> take_in_many_ways(coil::semaphore& from) {
    co_await coil::with_group([&](coil::group& g) {
        for (std::size_t count = 1; count <= 4; ++count) {
            for (int i = 0; i < 4; ++i) g.spawn(take_and_keep(from, count, 200));
        }
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: a stop loses no permit of a semaphore") {
    coil::multi_thread_runtime runtime(four_workers);
    coil::semaphore five(5);
    REQUIRE(runtime.run(take_in_many_ways(five)).has_value());
    CHECK(five.available() == 5);
}
