// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/delay_queue.hpp>
#include <coil/time/sleep.hpp>

#include <map>
#include <memory>
#include <random>
#include <string>

using namespace std::chrono_literals;
using coil::delay_queue;
using coil::testing::words;

namespace {

/// What is given, with the second in which it is.
coil::task<> note_all(delay_queue<std::string>& from, words& log) {
    const coil::instant begin = coil::now();
    while (auto item = co_await from.next())
        log.push_back(*item + std::to_string((coil::now() - begin) / 1s));
    log.emplace_back("end");
}

}  // namespace

COIL_TEST("delay_queue: items come in their time, those of one time in their order") {
    delay_queue<std::string> later;
    words log;
    later.insert("c", 3s);
    later.insert("a", 1s);
    later.insert("b", 1s);
    later.insert("now", coil::now() - 1s);
    later.close();
    co_await note_all(later, log);
    CHECK(log == words{"now0", "a1", "b1", "c3", "end"});
}

//! [sessions that expire]
namespace {
struct sessions {
    delay_queue<std::string> expiring;
    std::map<std::string, coil::delay_key> keys;

    void used(const std::string& name) {
        const auto known = keys.find(name);
        if (known != keys.end() && expiring.reset(known->second, 30s)) return;
        keys.insert_or_assign(name, expiring.insert(name, 30s));
    }
    void log_out(const std::string& name) {
        if (const auto known = keys.find(name); known != keys.end())
            expiring.remove(known->second);
    }
};
}  // namespace
//! [sessions that expire]

COIL_TEST("delay_queue: an item may be moved and removed while the first is awaited") {
    sessions all;
    words log;
    auto use = [&]() -> coil::task<> {
        for (const char* name : {"a", "b", "c"}) all.used(name);
        co_await coil::sleep(10s);
        all.used("a");     // later: b is the first now
        all.log_out("c");  // and c is none at all
        co_await coil::sleep(25s);
        all.used("d");
        all.expiring.reset(all.keys.at("d"), 1s);  // earlier than the first
        all.expiring.close();
    };
    co_await coil::join(note_all(all.expiring, log), use());
    CHECK(log == words{"b30", "d36", "a40", "end"});
    CHECK_FALSE(all.expiring.reset(all.keys.at("a"), 1s));
}

COIL_TEST(
    "delay_queue: who waits at an empty one is told what is inserted, and its end") {
    delay_queue<std::string> later;
    words log;
    auto insert = [&]() -> coil::task<> {
        co_await coil::sleep(1s);
        later.insert("b", 5s);
        co_await coil::sleep(1s);
        const auto key = later.insert("gone", 1s);  // is the first now
        later.insert("a", 3s);
        CHECK(later.remove(key) == "gone");
        co_await coil::sleep(7s);
        later.close();
        later.close();
    };
    co_await coil::join(note_all(later, log), insert());
    CHECK(log == words{"a5", "b6", "end"});
}

COIL_TEST("delay_queue: a key names its item only, and only while it is there") {
    delay_queue<std::unique_ptr<int>> later;
    const auto one = later.insert(std::make_unique<int>(1), 1s);
    const auto two = later.insert(std::make_unique<int>(2), 2s);
    CHECK(later.peek() == one);
    CHECK(later.deadline(two) == coil::now() + 2s);
    CHECK(**later.find(two) == 2);
    auto taken = later.remove(one);
    CHECK(**taken == 1);
    CHECK_FALSE(later.remove(one).has_value());
    const auto three = later.insert(std::make_unique<int>(3), 3s);  // in its place
    CHECK_FALSE(later.contains(one));
    CHECK_FALSE(later.reset(one, 9s));
    CHECK(later.find(one) == nullptr);
    CHECK_FALSE(later.deadline(one).has_value());
    later.remove(two);
    later.compact();
    CHECK(**later.find(three) == 3);
    CHECK(later.size() == 1);
    const auto last = co_await later.next();
    CHECK(**last == 3);
    CHECK_FALSE(later.peek().has_value());
}

COIL_TEST("delay_queue: a race in a loop loses no item") {
    delay_queue<int> later;
    int sum = 0;
    int timeouts = 0;
    for (int i = 1; i <= 100; ++i) later.insert(i, i * 10ms);
    later.close();
    for (;;) {
        const auto first = co_await coil::race(coil::sleep(5ms), later.next());
        if (first.index() == 0) {
            ++timeouts;
        } else if (const auto& item = first.template get<1>()) {
            sum += *item;
        } else {
            break;
        }
    }
    CHECK(sum == 5050);
    CHECK(timeouts > 100);
}

COIL_TEST("delay_queue: who is stopped lets the next one wait for the item") {
    delay_queue<std::string> later;
    words log;
    later.insert("a", 2s);
    later.close();
    co_await coil::join(coil::race(later.next(), coil::sleep(1s)), note_all(later, log),
                        note_all(later, log));
    CHECK(log == words{"a2", "end", "end"});
}

namespace {

/// Many are inserted, moved and removed at random, and what is left comes in order.
coil::task<> churn(unsigned seed, int rounds) {
    std::minstd_rand random(seed);
    delay_queue<int> later;
    std::map<int, coil::delay_key> keys;
    std::map<int, coil::instant> expected;
    for (int i = 0; i < rounds; ++i) {
        const int name = static_cast<int>(random() % 64);
        const auto deadline = coil::now() + std::chrono::microseconds(random() % 500);
        const auto known = keys.find(name);
        if (known == keys.end()) {
            keys.emplace(name, later.insert(name, deadline));
            expected[name] = deadline;
        } else if (random() % 2 == 0) {
            CHECK_UNARY(later.reset(known->second, deadline));
            expected[name] = deadline;
        } else {
            CHECK_UNARY(later.remove(known->second) == name);
            keys.erase(known);
            expected.erase(name);
        }
        if (i % 100 == 99) later.compact();
    }
    later.close();
    coil::instant before{};
    while (const auto name = co_await later.next()) {
        const auto due = expected.find(*name);
        REQUIRE(due != expected.end());
        CHECK_UNARY(due->second >= before);
        CHECK_UNARY(coil::now() >= due->second);
        before = due->second;
        expected.erase(due);
    }
    CHECK(expected.empty());
}

}  // namespace

COIL_TEST("delay_queue: after many changes all that are left come in order") {
    for (unsigned seed = 1; seed <= 20; ++seed) co_await churn(seed, 1000);
}

namespace {

coil::task<> wait_impatiently(delay_queue<int>& from, int& sum) {
    for (int i = 0;; ++i) {
        const auto pause = std::chrono::microseconds(i % 7);
        const auto first = co_await coil::race(from.next(), coil::sleep(pause));
        if (first.index() == 1) continue;
        const auto& item = first.template get<0>();
        if (!item) co_return;
        sum += *item;
    }
}
coil::task<> insert_often(delay_queue<int>& to, int count) {
    for (int i = 1; i <= count; ++i) {
        to.insert(i, std::chrono::microseconds(i % 5));
        co_await coil::yield_now();
    }
    to.close();
}
coil::task<> wait_and_insert(int count) {
    delay_queue<int> later;
    int sum = 0;
    co_await coil::join(wait_impatiently(later, sum), insert_often(later, count));
    CHECK(sum == count * (count + 1) / 2);
}
coil::task<> churn_on_many(int strands) {
    co_await coil::with_group([strands](coil::group& g) {
        for (int i = 0; i < strands; ++i) g.spawn(wait_and_insert(200));
    });
}

}  // namespace

TEST_CASE("delay_queue: a strand that moves between workers loses no item") {
    coil::multi_thread_runtime runtime({.workers = 2});
    CHECK(runtime.run(churn_on_many(8)).has_value());
}
