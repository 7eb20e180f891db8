// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/backtrace.hpp>
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/testing/death.hpp>
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

COIL_TEST("oneshot: a report of who waits names it") {
    coil::oneshot<int> reply;
    std::string text;
    auto look = [](std::string& to, coil::oneshot<int>& of) -> coil::task<> {
        to = backtrace(*coil::strand::current());
        CHECK(of.send(1));
        co_return;
    };
    co_await coil::join(reply.receive(), look(text, reply));
    CHECK(coil::testing::says(text, "waits for oneshot::receive\n"));
}

COIL_TEST("oneshot: without a value it says that something is done, or never will be") {
    coil::oneshot<void> done;
    coil::oneshot<void> given_up;
    CHECK(done.send());
    CHECK_FALSE(done.send());
    given_up.close();
    const bool is_done = (co_await done.receive()).has_value();
    CHECK(is_done);
    const bool was_given_up = !(co_await given_up.receive()).has_value();
    CHECK(was_given_up);
    CHECK(coil::sendable<coil::oneshot<void>&>);
}

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

// The ends.

namespace {

using number = coil::oneshot<int>;

//! [an answer that may be wanted no more]
coil::task<> look_up(number::sender to) {
    auto first = co_await coil::race(coil::sleep(1h), to.wait_closed());
    if (first.index() == 0) (void)to.send(42);  // else nobody waits any more
}
coil::task<int> ask_for(number::receiver from) {
    const auto found = co_await from.receive();
    co_return found.value_or(-1);  // there is none if who looked for it has gone
}
//! [an answer that may be wanted no more]

coil::task<int> give_up_after(coil::clock::duration time, number& asked) {
    auto found = co_await coil::with_timeout(time, ask_for(number::receiver(asked)));
    co_return found.value_or(0);
}
coil::task<> give_up_looking(coil::clock::duration time, number& asked) {
    (void)co_await coil::with_timeout(time, look_up(number::sender(asked)));
}

}  // namespace

COIL_TEST(
    "oneshot: who sends hears that the receiver has gone, whichever way it went") {
    const auto begin = coil::now();
    number asked;
    auto [none, given] =
        co_await coil::join(look_up(number::sender(asked)), give_up_after(1s, asked));
    CHECK(given == 0);  // it was stopped
    CHECK(coil::now() - begin == 1s);
    CHECK(asked.is_closed());
}

COIL_TEST("oneshot: who receives hears that the sender has gone") {
    const auto begin = coil::now();
    number asked;
    auto [given, none] =
        co_await coil::join(give_up_after(24h, asked), give_up_looking(1s, asked));
    CHECK(given == -1);
    CHECK(coil::now() - begin == 1s);

    number answered;
    auto [found, done] = co_await coil::join(give_up_after(24h, answered),
                                             look_up(number::sender(answered)));
    CHECK(found == 42);
}

COIL_TEST("oneshot: each end knows without waiting whether the other has gone") {
    coil::oneshot<std::unique_ptr<int>> one;
    using ends = decltype(one);
    std::optional from(ends::receiver{one});
    ends::sender to(one);
    CHECK_FALSE(to.is_closed());
    CHECK_FALSE(from->is_closed());
    CHECK_FALSE(from->try_receive().has_value());
    from.reset();
    CHECK(to.is_closed());
    auto kept = std::make_unique<int>(1);
    CHECK_FALSE(to.send(std::move(kept)));
    CHECK(kept != nullptr);

    coil::oneshot<void> other;
    coil::oneshot<void>::receiver waits(other);
    { const coil::oneshot<void>::sender gone(other); }
    CHECK(waits.is_closed());
    CHECK_FALSE(waits.try_receive().has_value());
    const bool is_done = (co_await waits.receive()).has_value();
    CHECK_FALSE(is_done);
}

COIL_TEST("oneshot: what a sender sent before it went is received") {
    number one;
    number::receiver from(one);
    {
        number::sender to(one);
        number::sender moved(std::move(to));
        CHECK(moved.send(7));
        CHECK(moved.is_closed());
        CHECK_FALSE(moved.send(8));
    }
    CHECK(from.is_closed());
    CHECK(from.try_receive() == 7);
    const auto second = co_await from.receive();
    CHECK_FALSE(second.has_value());
}

COIL_TEST("oneshot: a wait for its end may be raced in a loop, and loses nothing") {
    coil::local::oneshot<int> one;
    coil::local::oneshot<int>::sender to(one);
    auto wait = [&]() -> coil::local_task<> {
        for (int rounds = 1;; ++rounds) {
            const auto first = co_await coil::race(to.wait_closed(), coil::sleep(1s));
            if (first.index() != 0) continue;
            CHECK(rounds == 4);
            co_return;
        }
    };
    auto go = [&]() -> coil::local_task<> {
        const coil::local::oneshot<int>::receiver from(one);
        co_await coil::sleep(3500ms);
    };
    co_await coil::join(wait(), go());
    CHECK_FALSE(to.send(1));
    CHECK_FALSE(coil::sendable<coil::local::oneshot<int>::sender>);
    CHECK(coil::sendable<number::sender>);
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

namespace {

struct counted {
    std::atomic<int> sent = 0;
    std::atomic<int> received = 0;
    std::atomic<int> unsent = 0;
    std::atomic<int> unreceived = 0;
};

coil::task<> send_unless_gone(number::sender to, int round, counted& all) {
    if (round % 3 == 0) co_return;  // it is gone
    const auto pause = std::chrono::microseconds(round % 5);
    const auto first = co_await coil::race(to.wait_closed(), coil::sleep(pause));
    if (first.index() == 0 || !to.send(round)) {
        ++all.unsent;
    } else {
        ++all.sent;
    }
}
coil::task<> receive_for(number::receiver from, int round, counted& all) {
    const auto pause = std::chrono::microseconds(round % 7);
    auto in_time = co_await coil::with_timeout(pause, from.receive());
    if (!in_time) from.close();
    // One that was sent before the close is there.
    const auto value = in_time ? *in_time : from.try_receive();
    ++(value ? all.received : all.unreceived);
}
coil::task<> go_at_any_time(int rounds, counted& all) {
    for (int round = 0; round < rounds; ++round) {
        number one;
        co_await coil::with_group([&](coil::group& g) {
            g.spawn(send_unless_gone(number::sender(one), round, all));
            g.spawn(receive_for(number::receiver(one), round, all));
        });
    }
}

}  // namespace

TEST_CASE("oneshot: between threads, each end may go at any time") {
    coil::multi_thread_runtime runtime({.workers = 2});
    counted all;
    CHECK(runtime.run(go_at_any_time(3000, all)).has_value());
    CHECK(all.received == all.sent);
    CHECK(all.sent + all.unsent == 2000);
    CHECK(all.received + all.unreceived == 3000);
}
