// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/stack_gauge.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

using numbers = coil::channel<int, 4>;

//! [a producer and a consumer]
coil::task<> produce(coil::channel<int, 4>& queue, int count) {
    for (int i = 0; i < count; ++i) {
        const bool was_sent = co_await queue.send(i);
        CHECK(was_sent);
    }
    queue.close();
}
coil::task<int> consume(coil::channel<int, 4>& queue) {
    int sum = 0;
    while (auto item = co_await queue.next()) sum += *item;
    co_return sum;
}
//! [a producer and a consumer]

coil::task<> produce_slowly(numbers& queue, int count) {
    for (int i = 0; i < count; ++i) {
        co_await coil::sleep(1ms);
        (void)co_await queue.send(i);
    }
    queue.close();
}

coil::task<> receive_one(numbers& queue, words& log, std::string name) {
    auto item = co_await queue.receive();
    log.push_back(name + (item ? std::to_string(*item) : "-"));
}

}  // namespace

COIL_TEST("channel: every item arrives once, in order") {
    numbers queue;
    int sum = 0;
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(produce(queue, 100));
        sum = co_await consume(queue);
    });
    CHECK(sum == 4950);
}

COIL_TEST("channel: a full channel makes the sender wait") {
    coil::channel<int> queue(2);
    words log;
    auto send_three = [&]() -> coil::task<> {
        for (int i = 0; i < 3; ++i) {
            (void)co_await queue.send(i);
            log.push_back("sent" + std::to_string(i));
        }
    };
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(send_three());
        co_await coil::sleep(1s);
        log.push_back("receive");
        (void)co_await queue.receive();
    });
    CHECK(log == words{"sent0", "sent1", "receive", "sent2"});
    CHECK(queue.stats().size == 2);
}

COIL_TEST("channel: waiting receivers are served first come first served") {
    numbers queue;
    words log;
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(receive_one(queue, log, "a"));
        group.spawn(receive_one(queue, log, "b"));
        co_await coil::yield_now{};
        (void)queue.try_send(1);
        CHECK_FALSE(queue.try_receive().has_value());  // promised to "a"
        (void)queue.try_send(2);
    });
    CHECK(log == words{"a1", "b2"});
}

COIL_TEST("channel: a race in a loop loses no item") {
    numbers queue;
    int sum = 0;
    int timeouts = 0;
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(produce_slowly(queue, 1000));
        for (;;) {
            auto first = co_await coil::race(queue.next(), coil::sleep(1ms));
            if (first.index() == 1) {
                ++timeouts;
            } else if (auto& item = first.template get<0>()) {
                sum += *item;
            } else {
                break;
            }
        }
    });
    CHECK(sum == 499500);
    CHECK(timeouts > 0);
}

COIL_TEST("channel: closing lets receivers drain and refuses senders") {
    numbers queue;
    (void)queue.try_send(1);
    queue.close();
    const bool was_sent = co_await queue.send(2);
    CHECK_FALSE(was_sent);
    auto item = co_await queue.receive();
    CHECK(item == 1);
    item = co_await queue.receive();
    CHECK_FALSE(item.has_value());
}

COIL_TEST("channel: closing wakes those who wait") {
    numbers queue;
    words log;
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(receive_one(queue, log, "a"));
        co_await coil::yield_now{};
        queue.close();
    });
    CHECK(log == words{"a-"});
}

COIL_TEST("channel: a sender stopped in the queue sends nothing") {
    coil::channel<std::unique_ptr<int>> queue(1);
    (void)queue.try_send(std::make_unique<int>(1));
    auto sent = co_await coil::with_timeout(1s, queue.send(std::make_unique<int>(2)));
    CHECK_FALSE(sent.has_value());
    CHECK(queue.stats().size == 1);
    (void)co_await queue.receive();
    CHECK(queue.stats().size == 0);
}

COIL_TEST("channel: a receiver stopped after it was promised an item passes it on") {
    numbers queue;
    words log;
    // Outside the group: the children use the closures after its body has returned.
    auto impatient = [&]() -> coil::task<> {
        auto first = co_await coil::race(coil::sleep(1s), queue.receive());
        log.push_back(first.index() == 0 ? "slept" : "received");
    };
    auto send_at_the_same_time = [&]() -> coil::task<> {
        co_await coil::sleep(1s);
        (void)queue.try_send(7);
    };
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(impatient());
        group.spawn(send_at_the_same_time());
        co_return;
    });
    CHECK(log == words{"slept"});
    CHECK(queue.stats().size == 1);
}

namespace {
coil::task<> receive_one(coil::channel<int>& from, words& log) {
    const auto item = co_await from.receive();
    log.push_back(item ? std::to_string(*item) : "closed");
}
}  // namespace

COIL_TEST(
    "channel: closed with its last item promised, it tells those who wait behind") {
    coil::channel<int> queue(1);
    words log;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(receive_one(queue, log));
        co_await coil::yield_now();
        CHECK(queue.try_send(1));  // is promised to the child
        queue.close();
        const auto item = co_await queue.receive();
        CHECK_FALSE(item.has_value());
    });
    CHECK(log == words{"1"});
}

namespace {
struct court {
    static constexpr int hits = 1'000'000;
    coil::channel<int, 1> there, back;
    coil::testing::stack_gauge gauge;

    coil::task<> ping() {
        for (int i = 0; i < hits; ++i) {
            gauge.look();
            if (const bool was_sent = co_await there.send(i); !was_sent) break;
            const auto item = co_await back.receive();
            CHECK_UNARY(item == i);
        }
        there.close();
    }
    coil::task<> pong() {
        while (auto item = co_await there.receive()) {
            gauge.look();
            (void)co_await back.send(*item);
        }
    }
};
}  // namespace

COIL_TEST("channel: a million ping-pongs need no more stack than one") {
    court playing;
    co_await coil::join(playing.ping(), playing.pong());
    CHECK(playing.gauge.used() < coil::testing::stack_allowed);
}
