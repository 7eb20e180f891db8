// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

//! [a request and its reply]
struct request {
    int number;
    coil::oneshot<int>* reply;
};
coil::task<> serve(coil::channel<request, 4>& requests) {
    while (auto next = co_await requests.next()) {
        if (next->number < 0) {
            next->reply->close();
        } else {
            (void)next->reply->send(next->number * 2);
        }
    }
}
coil::task<std::optional<int>> ask(coil::channel<request, 4>& server, int number) {
    coil::oneshot<int> reply;
    (void)co_await server.send({number, &reply});
    co_return co_await reply.receive();
}
//! [a request and its reply]

coil::task<> note(coil::oneshot<int>& from, words& log, std::string name) {
    const auto value = co_await from.receive();
    log.push_back(name + (value ? std::to_string(*value) : "-"));
}

}  // namespace

COIL_TEST("oneshot: brings a reply, or the news that there is none") {
    coil::channel<request, 4> requests;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(serve(requests));
        const auto reply = co_await ask(requests, 21);
        CHECK(reply == 42);
        const auto none = co_await ask(requests, -1);
        CHECK_FALSE(none.has_value());
        requests.close();
    });
}

COIL_TEST("oneshot: a value is sent once, and a second one is not touched") {
    coil::oneshot<std::unique_ptr<int>> one;
    CHECK_FALSE(one.is_closed());
    CHECK(one.send(std::make_unique<int>(1)));
    CHECK(one.is_closed());
    auto second = std::make_unique<int>(2);
    CHECK_FALSE(one.send(std::move(second)));
    CHECK(second != nullptr);
    auto value = co_await one.receive();
    CHECK(**value == 1);
    CHECK_FALSE(one.send(std::move(second)));  // also when it has been received
    value = co_await one.receive();
    CHECK_FALSE(value.has_value());
}

COIL_TEST("oneshot: closed, it refuses a value and keeps the one that it has") {
    coil::oneshot<int> none;
    none.close();
    none.close();
    CHECK_FALSE(none.send(1));
    CHECK_FALSE(none.try_receive().has_value());

    coil::oneshot<int> one;
    CHECK(one.send(1));
    one.close();
    const auto value = co_await one.receive();
    CHECK(value == 1);
}

COIL_TEST("oneshot: of those who wait the first gets it, the others hear of the end") {
    coil::oneshot<int> one;
    words log;
    auto send = [&]() -> coil::task<> {
        co_await coil::yield_now();
        CHECK(one.send(7));
    };
    co_await coil::join(note(one, log, "a"), note(one, log, "b"), send());
    CHECK(log == words{"a7", "b-"});
}

COIL_TEST("oneshot: a receiver stopped after it was promised the value leaves it") {
    coil::oneshot<int> one;
    words log;
    auto send = [&]() -> coil::task<> {
        co_await coil::sleep(1s);
        CHECK(one.send(7));
    };
    auto impatient = [&]() -> coil::task<> {
        const auto first = co_await coil::race(coil::sleep(1s), one.receive());
        log.push_back(first.index() == 0 ? "slept" : "received");
    };
    co_await coil::join(send(), impatient(), note(one, log, "b"));
    CHECK(log == words{"slept", "b7"});
}

COIL_TEST("oneshot: a local one does the same") {
    coil::local::oneshot<int> one;
    CHECK(one.send(7));
    const auto value = co_await one.receive();
    CHECK(value == 7);
    CHECK(coil::shareable<coil::oneshot<int>>);
    CHECK_FALSE(coil::sendable<coil::local::oneshot<int>&>);
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};

struct exchange {
    coil::oneshot<std::unique_ptr<int>> of;
    std::atomic<int> sent = 0;
    std::atomic<int> received = 0;
};

coil::task<> send(exchange& all, int value) {
    if (all.of.send(std::make_unique<int>(value))) all.sent += value;
    co_return;
}

coil::task<> receive(exchange& all, int turn) {
    for (;; ++turn) {
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(turn % 3),
                                                   all.of.receive());
        if (!in_time) continue;
        if (*in_time) all.received += ***in_time;
        co_return;
    }
}

coil::task<> exchange_many(int rounds) {
    for (int round = 0; round < rounds; ++round) {
        exchange all;
        co_await coil::with_group([&](coil::group& g) {
            for (int i = 0; i < 3; ++i) g.spawn(receive(all, i));
            for (int i = 1; i <= 2; ++i) g.spawn(send(all, i));
        });
        CHECK(all.sent != 0);
        CHECK(all.sent != 1 + 2);
        CHECK(all.received == all.sent);
    }
}

coil::task<> reply_to(coil::oneshot<int>& asker, int round) {
    if (round % 3 == 0) {
        asker.close();
    } else {
        (void)asker.send(round);
    }
    co_return;
}

// What it lends has ended when its reply is there.
[[gsl::suppress("coil-lifetime")]] coil::task<> ask_many(int rounds) {
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        for (int round = 0; round < rounds; ++round) {
            auto reply = std::make_unique<coil::oneshot<int>>();
            g.spawn(reply_to(*reply, round));
            const auto value = co_await reply->receive();
            CHECK(value.has_value() == (round % 3 != 0));
        }
    });
}

}  // namespace

TEST_CASE("oneshot: between threads, one value is sent, and received once") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(exchange_many(1000)).has_value());
}

TEST_CASE("oneshot: between threads, who has received may end it") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(ask_many(1000)).has_value());
}
