// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/barrier.hpp>
#include <coil/sync/notify.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

coil::task<> wait_and_note(coil::notify& by, words& log, std::string name) {
    co_await by.wait();
    log.push_back(std::move(name));
}

//! [wait until it is so]
coil::task<> wait_until_idle(coil::notify& has_changed, const int& busy) {
    for (;;) {
        auto change = has_changed.wait();
        if (busy == 0) co_return;
        co_await std::move(change);
    }
}
coil::task<> work(coil::notify& has_changed, int& busy) {
    co_await coil::sleep(1s);
    --busy;
    has_changed.notify_all();
}
//! [wait until it is so]

}  // namespace

COIL_TEST("notify: strands look again when they are told") {
    coil::notify has_changed;
    int busy = 3;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        for (int i = 0; i < 3; ++i) g.spawn(work(has_changed, busy));
        co_await coil::join(wait_until_idle(has_changed, busy),
                            wait_until_idle(has_changed, busy));
        CHECK(busy == 0);
    });
}

COIL_TEST("notify: one at a time, in the order in which they came") {
    coil::notify n;
    words log;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        for (const char* name : {"a", "b", "c"}) g.spawn(wait_and_note(n, log, name));
        co_await coil::yield_now();
        n.notify_one();
        co_await coil::sleep(1s);
        log.push_back("-");
        n.notify_one();
        n.notify_one();
    });
    CHECK(log == words{"a", "-", "b", "c"});
}

COIL_TEST("notify: told to one while nobody waits, it is kept once") {
    coil::notify n;
    n.notify_one();
    n.notify_one();
    co_await n.wait();
    const bool in_time = co_await coil::with_timeout(1s, n.wait());
    CHECK_FALSE(in_time);
}

COIL_TEST("notify: told to all, it wakes those who wait and is not kept") {
    coil::notify n;
    words log;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(wait_and_note(n, log, "a"));
        g.spawn(wait_and_note(n, log, "b"));
        co_await coil::yield_now();
        n.notify_all();
    });
    CHECK(log == words{"a", "b"});
    n.notify_all();
    const bool in_time = co_await coil::with_timeout(1s, n.wait());
    CHECK_FALSE(in_time);
}

COIL_TEST("notify: all who called wait are told, also those who do not await yet") {
    coil::notify n;
    auto before = n.wait();
    n.notify_all();
    n.notify_one();
    co_await std::move(before);
    co_await n.wait();  // what was told to one is still there
}

COIL_TEST("notify: a waiter stopped after it alone was told passes it on") {
    coil::notify n;
    words log;
    auto tell = [&]() -> coil::task<> {
        co_await coil::sleep(1s);
        n.notify_one();
    };
    auto impatient = [&](const char* name) -> coil::task<> {
        auto first = co_await coil::race(coil::sleep(1s), n.wait());
        log.push_back(name + std::to_string(first.index()));
    };
    co_await coil::join(tell(), impatient("a"), impatient("b"),
                        wait_and_note(n, log, "c"));
    CHECK(log == words{"b0", "a0", "c"});
    co_await coil::join(tell(), impatient("d"));
    CHECK(log.back() == "d0");
    co_await n.wait();  // nobody was there
}

COIL_TEST("notify: a local one does the same") {
    coil::local::notify n;
    n.notify_one();
    co_await n.wait();
    auto told = n.wait();
    n.notify_all();
    co_await std::move(told);
    CHECK(coil::shareable<coil::notify>);
    CHECK_FALSE(coil::sendable<coil::local::notify&>);
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};

/// Two are told at about the same time, so that who hears one may leave the other.
struct talk {
    coil::notify left, left_heard, right, right_heard;
};

coil::task<> hear(talk& all) {
    for (int i = 0;; ++i) {
        auto either = coil::race(all.left.wait(), all.right.wait());
        const auto first = co_await coil::with_timeout(
            std::chrono::microseconds(i % 9 * 9), std::move(either));
        if (first)
            (first->index() == 0 ? all.left_heard : all.right_heard).notify_one();
    }
}

coil::task<> tell_both(int times) {
    talk all;
    co_await coil::with_group([&](coil::group& listeners) -> coil::task<> {
        for (int i = 0; i < 4; ++i) listeners.spawn(hear(all));
        for (int i = 0; i < times; ++i) {
            all.left.notify_one();
            all.right.notify_one();
            co_await all.left_heard.wait();
            co_await all.right_heard.wait();
        }
        listeners.request_stop();
    });
}

}  // namespace

TEST_CASE("notify: between threads, a stop loses nothing that was told to one") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(tell_both(3000)).has_value());
}

namespace {

struct rounds {
    explicit rounds(int strands) : all(static_cast<std::size_t>(strands) + 1) {}
    coil::notify has_begun;
    coil::barrier all;
    std::atomic<int> now = 0;
};

coil::task<> follow(rounds& of, int count, bool is_impatient) {
    for (int round = 1; round <= count; ++round) {
        for (;;) {
            auto begun = of.has_begun.wait();
            if (of.now >= round) break;
            if (is_impatient) {
                co_await coil::race(std::move(begun), coil::sleep(1us));
            } else {
                co_await std::move(begun);
            }
        }
        (void)co_await of.all.wait();
    }
}

coil::task<> lead(int strands, int count) {
    rounds of(strands);
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        for (int i = 0; i < strands; ++i) g.spawn(follow(of, count, i % 2 == 0));
        for (int round = 1; round <= count; ++round) {
            ++of.now;
            of.has_begun.notify_all();
            (void)co_await of.all.wait();
        }
    });
}

}  // namespace

TEST_CASE("notify: between threads, all who looked before are told") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(lead(5, 1000)).has_value());
}
