// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/stack_gauge.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <memory>
#include <vector>

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

// Reserved room.

namespace {

struct report {
    int number;
};
coil::task<report> make_costly(int number) {
    co_await coil::sleep(1s);
    co_return report{number};
}

//! [made when there is room]
coil::task<> report_all(coil::channel<report, 1>& to, int count) {
    for (int i = 0; i < count; ++i) {
        auto permit = co_await to.reserve();
        if (!permit) co_return;  // nobody wants one any more: none is made in vain
        auto made = co_await make_costly(i);
        (void)permit->send(made);
    }
}
//! [made when there is room]

coil::task<> reserve_and_note(numbers& queue, std::size_t count, words& log,
                              const char* name) {
    auto permit = co_await queue.reserve(count);
    log.push_back(permit ? name : std::string(name) + "-");
}
coil::task<> send_and_note(numbers& queue, words& log, std::string name) {
    const bool was_sent = co_await queue.send(7);
    log.push_back(was_sent ? name : name + "-");
}

}  // namespace

COIL_TEST("channel: what is costly is made when there is room for it") {
    coil::channel<report, 1> reports;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(report_all(reports, 10));
        co_await coil::sleep(10s);
        CHECK(reports.stats().size == 1);  // the second one is not even made
        auto first = co_await reports.receive();
        CHECK(first->number == 0);
        reports.close();
    });
}

COIL_TEST("channel: a permit keeps room from others, and sends at once") {
    coil::channel<std::unique_ptr<int>> queue(2);
    auto permit = co_await queue.reserve();
    REQUIRE(permit.has_value());
    CHECK(queue.try_send(std::make_unique<int>(1)));
    CHECK_FALSE(queue.try_send(std::make_unique<int>(2)));  // it is kept
    CHECK(permit->send(std::make_unique<int>(3)));
    CHECK(permit->left() == 0);
    CHECK(queue.stats().size == 2);
    auto item = co_await queue.receive();
    CHECK(**item == 1);
    item = co_await queue.receive();
    CHECK(**item == 3);
}

COIL_TEST("channel: a permit that is not used gives its room back") {
    numbers queue;
    {
        const auto all = co_await queue.reserve(4);
        CHECK_FALSE(queue.try_send(1));
        CHECK_FALSE(queue.try_reserve().has_value());
    }
    auto three = queue.try_reserve(3);
    REQUIRE(three.has_value());
    CHECK(three->send(1));
    CHECK_FALSE(queue.try_reserve(2).has_value());
    auto moved = std::move(*three);
    three.reset();
    CHECK(moved.left() == 2);
    moved.give_back();
    CHECK(queue.try_reserve(3).has_value());
    CHECK(queue.stats().size == 1);
}

COIL_TEST("channel: who reserves much is not overtaken by who sends one item") {
    numbers queue;
    words log;
    std::optional three(co_await queue.reserve(3));
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(reserve_and_note(queue, 2, log, "two"));
        g.spawn(send_and_note(queue, log, "one"));
        co_await coil::yield_now();
        CHECK_FALSE(queue.try_send(1));  // there is room, for who waits for more
        CHECK(log.empty());
        three.reset();
    });
    CHECK(log == words{"two", "one"});
}

COIL_TEST("channel: a stopped reserve lets those behind it go on, and keeps nothing") {
    numbers queue;
    words log;
    auto three = co_await queue.reserve(3);
    auto impatient = [&]() -> coil::task<> {
        const bool in_time =
            (co_await coil::with_timeout(1s, queue.reserve(4))).has_value();
        CHECK_FALSE(in_time);
    };
    co_await coil::join(impatient(), send_and_note(queue, log, "one"));
    CHECK(log == words{"one"});
    three.reset();
    CHECK(queue.try_reserve(3).has_value());
}

COIL_TEST("channel: room promised to a reserve that is stopped goes to the next") {
    numbers queue;
    words log;
    std::optional all(co_await queue.reserve(4));
    auto impatient = [&]() -> coil::task<> {
        const auto first = co_await coil::race(coil::sleep(1s), queue.reserve(4));
        log.push_back(first.index() == 0 ? "slept" : "reserved");
    };
    auto give_back_at_the_same_time = [&]() -> coil::task<> {
        co_await coil::sleep(1s);
        all.reset();
    };
    co_await coil::join(give_back_at_the_same_time(), impatient(),
                        send_and_note(queue, log, "sent"));
    CHECK(log == words{"slept", "sent"});
    CHECK(queue.try_reserve(3).has_value());
}

COIL_TEST("channel: a close refuses permits, and those who wait for one") {
    numbers queue;
    words log;
    auto all = co_await queue.reserve(4);
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(reserve_and_note(queue, 2, log, "late"));
        co_await coil::yield_now();
        queue.close();
        CHECK_FALSE(all->send(1));
        CHECK(all->left() == 4);
    });
    CHECK(log == words{"late-"});
    CHECK_FALSE(queue.try_reserve().has_value());
    const auto item = co_await queue.receive();
    CHECK_FALSE(item.has_value());
}

// Several at once.

namespace {

//! [all that is there]
coil::task<> sum_up(coil::channel<int, 4>& queue, int& sum, int& rounds) {
    std::vector<int> items;
    while (co_await queue.receive_many(items, 100) > 0) {
        for (const int item : items) sum += item;
        items.clear();
        ++rounds;
    }
}
//! [all that is there]

}  // namespace

COIL_TEST("channel: several items are received at once, in order, up to a limit") {
    numbers queue;
    for (int i = 0; i < 4; ++i) CHECK(queue.try_send(i));
    std::vector<int> items{-1};
    std::size_t count = co_await queue.receive_many(items, 3);
    CHECK(count == 3);
    CHECK(items == std::vector{-1, 0, 1, 2});
    count = co_await queue.receive_many(items, 3);
    CHECK(count == 1);
    CHECK(items.back() == 3);
    queue.close();
    count = co_await queue.receive_many(items, 3);
    CHECK(count == 0);
    CHECK(items.size() == 5);
}

COIL_TEST("channel: who receives several makes room for as many senders") {
    numbers queue;
    int sum = 0;
    int rounds = 0;
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(produce(queue, 100));
        g.spawn(sum_up(queue, sum, rounds));
    });
    CHECK(sum == 4950);
    CHECK(rounds <= 50);
}

COIL_TEST("channel: a race in a loop loses none of several items") {
    numbers queue;
    std::vector<int> items;
    int timeouts = 0;
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(produce_slowly(queue, 1000));
        for (;;) {
            auto first =
                co_await coil::race(queue.receive_many(items, 2), coil::sleep(1ms));
            if (first.index() == 1) {
                ++timeouts;
            } else if (first.template get<0>() == 0) {
                break;
            }
        }
    });
    CHECK(items.size() == 1000);
    CHECK(std::is_sorted(items.begin(), items.end()));
    CHECK(timeouts > 0);
}

// Its end.

COIL_TEST("channel: who makes items hears that nobody wants them any more") {
    numbers queue;
    words log;
    auto produce_until_closed = [&]() -> coil::task<> {
        CHECK_FALSE(queue.is_closed());
        const auto first = co_await coil::race(queue.wait_closed(), coil::sleep(24h));
        log.push_back(first.index() == 0 ? "closed" : "late");
    };
    auto lose_interest = [&]() -> coil::task<> {
        for (int i = 0; i < 3; ++i)  // a stopped wait changes nothing
            co_await coil::race(queue.wait_closed(), coil::sleep(1s));
        log.push_back("close");
        queue.close();
    };
    co_await coil::join(produce_until_closed(), lose_interest());
    co_await queue.wait_closed();  // goes on at once
    CHECK(log == words{"close", "closed"});
}

COIL_TEST("channel: a local one reserves, receives several and tells of its end") {
    coil::local::channel<int, 4> queue;
    auto two = co_await queue.reserve(2);
    CHECK((two->send(1) && two->send(2)));
    std::vector<int> items;
    const std::size_t count = co_await queue.receive_many(items, 9);
    CHECK(count == 2);
    queue.close();
    co_await queue.wait_closed();
    CHECK_FALSE(coil::sendable<decltype(two)>);
    CHECK(coil::sendable<numbers::permit>);
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
