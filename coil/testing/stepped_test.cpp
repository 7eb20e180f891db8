// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/with.hpp>
#include <coil/core/yield.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/sync/notify.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/stepped.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace coil;
using namespace std::chrono_literals;
using testing::stepped;
using testing::words;

TEST_CASE("stepped: work that is ready ends at its first step") {
    stepped work([]() -> task<int> { co_return 7; }());
    CHECK_FALSE(work.has_ended());
    CHECK(work.is_woken());
    CHECK(work.step());
    CHECK(work.result().value() == 7);
    CHECK(work.wakes() == 0);
}

//! [who is woken, and how often]
TEST_CASE("stepped: tells who is woken, and how often") {
    channel<int, 2> queue;
    stepped first(queue.receive());
    stepped second(queue.receive());
    CHECK_FALSE(first.step());
    CHECK_FALSE(second.step());
    CHECK(queue.try_send(1));
    CHECK(first.wakes() == 1);
    CHECK(second.wakes() == 0);
    CHECK(first.step());
    CHECK(first.result().value() == 1);
    CHECK_FALSE(second.step());
}
//! [who is woken, and how often]

TEST_CASE("stepped: what nobody wakes stays where it is, however often it is asked") {
    event happened;
    int turns = 0;
    auto waits = [&]() -> task<> {
        ++turns;
        co_await happened.wait();
        ++turns;
    };
    stepped work(waits());
    for (int i = 0; i < 5; ++i) CHECK_FALSE(work.step());
    CHECK(turns == 1);
    CHECK_FALSE(work.is_woken());
    happened.set();
    happened.set();
    CHECK(work.wakes() == 1);
    CHECK(work.step());
    CHECK(turns == 2);
}

TEST_CASE("stepped: notify_one wakes one, notify_all the rest") {
    notify told;
    stepped a(told.wait());
    stepped b(told.wait());
    stepped c(told.wait());
    a.step(), b.step(), c.step();
    told.notify_one();
    CHECK(a.wakes() + b.wakes() + c.wakes() == 1);
    told.notify_all();
    CHECK(a.wakes() + b.wakes() + c.wakes() == 3);
    CHECK(a.step());
    CHECK(b.step());
    CHECK(c.step());
}

TEST_CASE("stepped: what gives way wakes itself, and goes on with the next step") {
    stepped work(testing::give_way(2));
    CHECK_FALSE(work.step());
    CHECK(work.wakes() == 1);
    CHECK_FALSE(work.step());
    CHECK(work.step());
    CHECK(work.wakes() == 2);
}

TEST_CASE("stepped: what has not ended is stopped, and cleans up") {
    words log;
    {
        auto uses = [&]() -> task<> {
            co_await with([&] { return testing::resource(log, "r"); },
                          [](testing::resource&) { return never(); });
        };
        stepped work(uses());
        work.step();
        CHECK(log.empty());
    }
    CHECK(log == words{"drop r", "dropped r"});
}

TEST_CASE("stepped: a stop is delivered with the next step") {
    stepped stopped{never()};
    stopped.step();
    stopped.request_stop();
    CHECK_FALSE(stopped.has_ended());
    CHECK(stopped.step());
    CHECK(stopped.result().is_stopped());
}

#if COIL_EXCEPTIONS
TEST_CASE("stepped: an error is a result") {
    stepped work([]() -> task<> {
        throw std::runtime_error("work");
        co_return;
    }());
    CHECK(work.step());
    CHECK(work.result().has_error());
}
#endif

TEST_CASE("stepped: children of its groups take part in its steps") {
    int ended = 0;
    auto child = [](int& count) -> task<> {
        co_await yield_now();
        ++count;
    };
    auto whole = [&]() -> task<> {
        co_await with_group([&](group& g) {
            g.spawn(child(ended));
            g.spawn(child(ended));
        });
    };
    stepped work(whole());
    int steps = 1;
    while (!work.step()) ++steps;
    CHECK(ended == 2);
    CHECK(steps < 6);
}

COIL_TEST("stepped: in a test's coroutine it sleeps in the test's time") {
    stepped work(sleep(1h));
    CHECK_FALSE(work.step());
    co_await sleep(59min);
    CHECK_FALSE(work.is_woken());
    co_await sleep(1min);
    CHECK(work.wakes() == 1);
    CHECK(work.step());
}

TEST_CASE("stepped: work that no stop ends is found out at the end of its test") {
    const std::string said = testing::last_words([] {
        testing::signal late;
        late.answers_later = true;
        stepped work(late.wait());
        work.step();
    });
    CHECK(testing::says(said, "waits for what nobody here can do"));
}
