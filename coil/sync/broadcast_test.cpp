// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/stream/stream.hpp>
#include <coil/sync/broadcast.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

using news = coil::broadcast<int, 4>;

//! [news for everybody]
coil::task<> follow(news::receiver from, words& log) {
    while (auto next = co_await from.receive()) {
        if (next->lagged > 0) log.push_back("missed" + std::to_string(next->lagged));
        log.push_back(std::to_string(next->item));
    }
    log.push_back("end");
}
//! [news for everybody]

}  // namespace

COIL_TEST("broadcast: every receiver gets every item, in order") {
    news all;
    words one, other;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(follow(all.subscribe(), one));
        g.spawn(follow(all.subscribe(), other));
        CHECK(all.receivers() == 2);
        for (int i = 0; i < 3; ++i) {
            all.send(i);
            co_await coil::sleep(1s);
        }
        all.close();
    });
    CHECK(one == words{"0", "1", "2", "end"});
    CHECK(other == one);
    CHECK(all.receivers() == 0);
}

COIL_TEST("broadcast: a slow receiver hears how many it missed, and goes on") {
    news all;
    words log;
    auto slow = all.subscribe();
    for (int i = 0; i < 10; ++i) all.send(i);
    all.close();
    co_await follow(std::move(slow), log);
    CHECK(log == words{"missed6", "6", "7", "8", "9", "end"});
}

COIL_TEST("broadcast: a receiver gets what is sent from then on") {
    news all;
    CHECK(all.send(1));
    auto late = all.subscribe();
    const auto in_time = co_await coil::with_timeout(1s, late.receive());
    CHECK_FALSE(in_time.has_value());
    CHECK(all.send(2));
    auto next = co_await late.receive();
    CHECK(next->item == 2);
    all.close();
    CHECK_FALSE(all.send(3));
    next = co_await late.receive();
    CHECK_FALSE(next.has_value());
}

COIL_TEST("broadcast: a race in a loop loses no item") {
    coil::broadcast<int> all(1000);
    static_assert(coil::resumable_stream<coil::broadcast<int>::receiver&>);
    int sum = 0;
    int pauses = 0;
    auto send = [&]() -> coil::task<> {
        for (int i = 0; i < 1000; ++i) {
            all.send(i);
            co_await coil::sleep(1ms);
        }
        all.close();
    };
    auto listen = [&](coil::broadcast<int>::receiver from) -> coil::task<> {
        for (;;) {
            auto first = co_await coil::race(coil::sleep(1ms), from.next());
            if (first.index() == 0) {
                ++pauses;
            } else if (auto& item = first.get<1>()) {
                sum += item->item;
            } else {
                break;
            }
        }
    };
    co_await coil::join(listen(all.subscribe()), send());
    CHECK(sum == 499500);
    CHECK(pauses > 0);
}

#if COIL_EXCEPTIONS
namespace {
/// Fails to be copied once it was told to.
struct fragile {
    int number;
    bool* is_broken;
    fragile(int n, bool& broken) noexcept : number(n), is_broken(&broken) {}
    fragile(fragile&&) noexcept = default;
    fragile& operator=(fragile&&) noexcept = default;
    fragile(const fragile& other) : number(other.number), is_broken(other.is_broken) {
        if (*is_broken) throw std::runtime_error("broken");
    }
};
}  // namespace

COIL_TEST("broadcast: an item that cannot be copied is not lost") {
    bool is_broken = true;
    coil::broadcast<fragile, 2> all;
    auto from = all.subscribe();
    all.send(fragile(7, is_broken));
    const auto failed = co_await coil::as_outcome(from.receive());
    CHECK(failed.has_error());
    is_broken = false;
    const auto item = co_await from.receive();
    CHECK(item->item.number == 7);
}
#endif

COIL_TEST("broadcast: an item that is replaced may look at it when it ends") {
    coil::broadcast<std::shared_ptr<void>, 1> all;
    bool was_closed = true;
    all.send(std::shared_ptr<void>(&all, [&](void*) { was_closed = all.is_closed(); }));
    all.send(nullptr);
    CHECK_FALSE(was_closed);
    co_return;
}

COIL_TEST("broadcast: a local one does the same") {
    coil::local::broadcast<int, 2> all;
    auto from = all.subscribe();
    for (int i = 0; i < 3; ++i) all.send(i);
    const auto item = co_await from.receive();
    CHECK(item->item == 1);
    CHECK(item->lagged == 1);
    CHECK(coil::sendable<news::receiver>);
    CHECK(coil::shareable<news>);
    CHECK_FALSE(coil::sendable<coil::local::broadcast<int, 2>::receiver>);
    CHECK_FALSE(coil::sendable<coil::local::broadcast<int, 2>&>);
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};

using texts = coil::broadcast<std::string>;
constexpr long sent = 2000;

/// Each item is seen or missed, in order, whatever stops come between.
coil::task<> count(texts::receiver from, int self, std::atomic<long>& seen) {
    long next = 0;
    for (int i = self;; ++i) {
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(i % 7),
                                                   from.receive());
        if (!in_time) continue;
        if (!in_time->has_value()) break;
        const auto& [item, lagged] = **in_time;
        next += static_cast<long>(lagged);
        CHECK(item == std::to_string(next));
        ++next;
        ++seen;
    }
    CHECK(next == sent);
}

coil::task<> publish(std::size_t capacity, std::atomic<long>& seen) {
    texts all(capacity);
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        for (int i = 0; i < 4; ++i) g.spawn(count(all.subscribe(), i, seen));
        for (long i = 0; i < sent; ++i) {
            all.send(std::to_string(i));
            if (i % 8 == 0) co_await coil::sleep(1us);
        }
        all.close();
    });
}

}  // namespace

TEST_CASE("broadcast: between threads, each receiver gets or misses each item, once") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<long> seen = 0;
    CHECK(runtime.run(publish(4, seen)).has_value());
    CHECK(seen > 0);
    seen = 0;
    CHECK(runtime.run(publish(sent, seen)).has_value());
    CHECK(seen == 4 * sent);
}

namespace {

coil::task<> come_and_go(coil::broadcast<int, 8>& all, int times) {
    for (int i = 0; i < times; ++i) {
        auto from = all.subscribe();
        const auto in_time = co_await coil::with_timeout(
            std::chrono::microseconds(i % 9), from.receive());
        if (in_time && !in_time->has_value()) co_return;
    }
}

coil::task<> come_and_go_all(coil::broadcast<int, 8>& all) {
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        [[gsl::suppress("coil-blocking")]] std::jthread outside([&] {
            for (int i = 0; i < 2000; ++i) all.send(i);
        });
        for (int i = 0; i < 4; ++i) g.spawn(come_and_go(all, 500));
        co_return;
    });
}

}  // namespace

TEST_CASE("broadcast: between threads, receivers come and go") {
    coil::multi_thread_runtime runtime(four_workers);
    coil::broadcast<int, 8> all;
    CHECK(runtime.run(come_and_go_all(all)).has_value());
    CHECK(all.receivers() == 0);
}
