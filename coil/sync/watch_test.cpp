// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/watch.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

//! [settings that change]
coil::task<> apply(coil::watch<std::string>& settings, words& log) {
    auto latest = settings.subscribe();
    do log.push_back(latest.get());
    while (co_await latest.wait_changed());
}
//! [settings that change]

}  // namespace

COIL_TEST("watch: receivers see the latest value, and when it changes") {
    coil::watch<std::string> settings("a");
    words log, late;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(apply(settings, log));
        co_await coil::sleep(1s);
        settings.send("b");
        co_await coil::sleep(1s);
        settings.send("c");
        settings.send("d");
        g.spawn(apply(settings, late));
        co_await coil::sleep(1s);
        settings.close();
    });
    CHECK(log == words{"a", "b", "d"});
    CHECK(late == words{"d"});
    CHECK_FALSE(settings.send("e"));
    CHECK(settings.get() == "d");
}

COIL_TEST("watch: what was seen is no change, and to look through the watch is not") {
    coil::watch<int> number;
    auto receiver = number.subscribe();
    auto copy = receiver;
    number.send(1);
    CHECK(number.get() == 1);
    CHECK(receiver.has_changed());
    CHECK(receiver.get() == 1);
    CHECK_FALSE(receiver.has_changed());
    CHECK(copy.has_changed());
    const auto in_time = co_await coil::with_timeout(1s, receiver.wait_changed());
    CHECK_FALSE(in_time.has_value());
}

COIL_TEST("watch: closed, the last change is still seen") {
    coil::watch<int> number;
    auto receiver = number.subscribe();
    number.send(1);
    number.close();
    const bool has_changed = co_await receiver.wait_changed();
    CHECK(has_changed);
    const bool has_changed_again = co_await receiver.wait_changed();
    CHECK_FALSE(has_changed_again);
}

COIL_TEST("watch: a change in place may say that it is none") {
    coil::watch<int> number(1);
    auto receiver = number.subscribe();
    CHECK(number.modify([](int& n) { return n > 1; }));
    CHECK_FALSE(receiver.has_changed());
    CHECK(number.modify([](int& n) { n = 2; }));
    CHECK(receiver.has_changed());
    CHECK(receiver.get() == 2);
    number.close();
    CHECK_FALSE(number.modify([](int& n) { n = 4; }));
    CHECK(number.get() == 2);
    co_return;
}

#if COIL_EXCEPTIONS
COIL_TEST("watch: a change that fails is told to nobody") {
    coil::watch<int> number(1);
    auto receiver = number.subscribe();
    CHECK_THROWS(number.modify([](int& n) {
        n = 2;
        throw std::runtime_error("half done");
    }));
    CHECK_FALSE(receiver.has_changed());
    CHECK(number.get() == 2);
    co_return;
}
#endif

COIL_TEST("watch: a wait that loses a race leaves the change unseen") {
    coil::watch<int> number;
    auto receiver = number.subscribe();
    auto change = [&]() -> coil::task<> {
        co_await coil::sleep(1s);
        number.send(1);
    };
    auto wait = [&]() -> coil::task<> {
        const auto first =
            co_await coil::race(coil::sleep(1s), receiver.wait_changed());
        CHECK(first.index() == 0);
    };
    co_await coil::join(change(), wait());
    CHECK(receiver.has_changed());
}

COIL_TEST("watch: a value that is replaced may look at it when it ends") {
    coil::watch<std::shared_ptr<void>> held;
    bool was_closed = true;
    held.send(
        std::shared_ptr<void>(&held, [&](void*) { was_closed = held.is_closed(); }));
    held.send(nullptr);
    CHECK_FALSE(was_closed);
    co_return;
}

COIL_TEST("watch: a local one does the same") {
    coil::local::watch<int> number;
    auto receiver = number.subscribe();
    number.send(1);
    const bool has_changed = co_await receiver.wait_changed();
    CHECK(has_changed);
    CHECK(coil::sendable<coil::watch<int>::receiver>);
    CHECK(coil::shareable<coil::watch<int>>);
    CHECK_FALSE(coil::sendable<coil::local::watch<int>::receiver>);
    CHECK_FALSE(coil::sendable<coil::local::watch<int>&>);
}

COIL_TEST("watch: gives copies, so nobody keeps it locked while they wait") {
    coil::watch<words> settings(words{"a"});
    static_assert(std::is_same_v<decltype(settings.get()), words>);
    const words before = settings.get();
    auto change = [&]() -> coil::task<> {
        CHECK(settings.send(words{"b"}));  // at once, although `before` is there
        co_return;
    };
    co_await coil::join(coil::sleep(1s), change());
    CHECK(before == words{"a"});
    CHECK(settings.get() == words{"b"});
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};
constexpr int last = 2000;

/// Sees values that only grow, and the last of them.
coil::task<> follow(coil::watch<std::string>::receiver latest, int self) {
    int seen = 0;
    for (int i = self;; ++i) {
        const auto changed = co_await coil::with_timeout(
            std::chrono::microseconds(i % 9), latest.wait_changed());
        if (!changed) continue;
        if (!*changed) break;
        const int now = std::stoi(latest.get());
        CHECK(now >= seen);
        seen = now;
    }
    CHECK(seen == last);
}

coil::task<> change(coil::watch<std::string>& number, bool& may_go_on) {
    while (may_go_on) {
        number.modify([&](std::string& text) {
            const int next = std::stoi(text) + 1;
            if (next > last) return may_go_on = false;
            text = std::to_string(next);
            return true;
        });
        co_await coil::yield_now();
    }
}

coil::task<> change_together() {
    coil::watch<std::string> number("0");
    co_await coil::with_group([&](coil::group& followers) -> coil::task<> {
        for (int i = 0; i < 4; ++i) followers.spawn(follow(number.subscribe(), i));
        bool may_go_on[2] = {true, true};
        co_await coil::with_group([&](coil::group& writers) {
            for (bool& mine : may_go_on) writers.spawn(change(number, mine));
        });
        number.close();
    });
}

}  // namespace

TEST_CASE("watch: between threads, the last change is seen, and none before it later") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(change_together()).has_value());
}
