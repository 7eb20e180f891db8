// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/into.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/sync/broadcast.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/sync/unbounded_channel.hpp>
#include <coil/sync/watch.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;
using testing::words;
using numbers = std::vector<int>;

namespace {

generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

template <class Queue>
numbers rest_of(Queue& queue) {
    numbers all;
    while (auto item = queue.try_receive()) all.push_back(*item);
    return all;
}

//! [from a stream into a queue]
task<bool> produce(channel<int>& queue) {
    auto square = map([](int i) { return i * i; });
    const bool was_all_sent = co_await (count_to(5) | square | into(queue));
    queue.close();  // nobody else sends
    co_return was_all_sent;
}
//! [from a stream into a queue]

//! [a sink of one's own]
struct ledger {
    void send(int amount) { sum += amount; }
    long sum = 0;
};
//! [a sink of one's own]

/// Sends each item to two: the slower one sets the pace.
struct fan_out {
    task<bool> send(int item) {
        const auto [is_first, is_second] =
            co_await join(first->send(int{item}), second->send(int{item}));
        co_return is_first&& is_second;
    }
    channel<int>* first;
    channel<int>* second;
};

/// Takes an item when it has thought about it, and no negative one.
struct thinker {
    task<bool> send(std::unique_ptr<int> item) {
        co_await yield_now();
        if (*item < 0) co_return false;
        taken.push_back(*item);
        co_return true;
    }
    numbers taken;
};

struct closed_to_all {};

}  // namespace

static_assert(sink<channel<int>, int> && sink<channel<int>&, const int&>);
static_assert(sink<local::channel<int, 2>, int> && sink<unbounded_channel<int>, int>);
static_assert(sink<broadcast<int, 2>, int> && sink<watch<int>, int>);
static_assert(sink<oneshot<int>, int> && sink<ledger, int> && sink<ledger, short&>);
static_assert(sink<thinker, std::unique_ptr<int>>);
static_assert(!sink<thinker, std::unique_ptr<int>&> && !sink<thinker, int>);
static_assert(!sink<closed_to_all, int> && !sink<numbers, int>);

COIL_TEST("into: sends all items, in order, as the sink has room for them") {
    channel<int> queue(2);
    const auto [was_all_sent, received] =
        co_await join(produce(queue), queue | collect<std::vector>());
    CHECK(was_all_sent);
    CHECK(received == numbers{0, 1, 4, 9, 16});
}

COIL_TEST("into: takes any sink, sync or async, borrowed or owned") {
    ledger book;
    co_await (count_to(5) | into(book));
    co_await (numbers{10, 20} | into(book));
    CHECK(book.sum == 40);
    struct entry {
        void send(int amount) const { of->send(amount); }
        ledger* of;
    };
    const auto to_book = into(entry{&book});
    co_await (count_to(3) | to_book);
    co_await (count_to(3) | to_book);
    CHECK(book.sum == 46);

    thinker slow;
    auto own = [](int i) { return std::make_unique<int>(i); };
    CHECK(co_await (count_to(4) | map(own) | into(slow)));
    CHECK(slow.taken == numbers{0, 1, 2, 3});
    static_assert(!is_local_v<decltype(count_to(1) | map(own) | into(slow))>);
}

COIL_TEST("into: from several streams into one sink, which stays open") {
    unbounded_channel<int> queue;
    const auto [a, b] =
        co_await join(count_to(2) | into(queue), numbers{7, 8} | into(queue));
    CHECK(a);
    CHECK(b);
    CHECK_FALSE(queue.is_closed());
    CHECK(rest_of(queue).size() == 4);
    local::channel<int, 4> here;
    static_assert(is_local_v<decltype(count_to(1) | into(here))>);
    CHECK(co_await (count_to(2) | into(here)));
    CHECK(rest_of(here) == numbers{0, 1});
}

COIL_TEST("into: a sink that closes is told, and costs the item that finds it out") {
    channel<int> source(8);
    channel<int> queue(2);
    for (int i = 0; i < 6; ++i) (void)source.try_send(int{i});
    auto close_later = [&]() -> task<> {
        co_await testing::give_way(3);
        queue.close();
    };
    const auto [was_all_sent, closed] =
        co_await join(source | into(queue), close_later());
    CHECK_FALSE(was_all_sent);
    CHECK(rest_of(queue) == numbers{0, 1});
    CHECK(rest_of(source) == numbers{3, 4, 5});
}

COIL_TEST("into: an empty stream is sent even to a sink that is closed") {
    channel<int, 1> queue;
    queue.close();
    CHECK(co_await (numbers{} | into(queue)));
}

namespace {

template <class Queue>
task<> stop_at_any_turn() {
    for (int turns = 0; turns < 12; ++turns) {
        channel<int, 8> source;
        Queue queue;
        auto send = [&]() -> task<> {
            for (int i = 0; i < 4; ++i) {
                co_await yield_now();
                (void)source.try_send(int{i});
            }
            source.close();
        };
        co_await join(send(), race(source | into(queue), testing::give_way(turns)));
        CHECK(co_await (source | into(queue)));
        CHECK(rest_of(queue) == numbers{0, 1, 2, 3});
    }
}

}  // namespace

COIL_TEST("into: stopped while it waits for an item it loses none, at any turn") {
    co_await stop_at_any_turn<unbounded_channel<int>>();
    co_await stop_at_any_turn<channel<int, 8>>();
}

COIL_TEST("into: stopped while it waits for the sink it loses the item in its hands") {
    channel<int> source(8);
    channel<int> queue(2);
    for (int i = 0; i < 6; ++i) (void)source.try_send(int{i});
    CHECK_FALSE(co_await with_timeout(1s, source | into(queue)));
    CHECK(rest_of(queue) == numbers{0, 1});
    CHECK(rest_of(source) == numbers{3, 4, 5});  // 2 was in its hands
}

COIL_TEST("into: where no item may be lost, a shield waits for the sink") {
    channel<int> source(8);
    channel<int> queue(2);
    for (int i = 0; i < 4; ++i) (void)source.try_send(int{i});
    //! [a sink that no stop interrupts]
    struct patient {
        auto send(int item) const { return shield(to.send(item)); }
        channel<int>& to;
    };
    //! [a sink that no stop interrupts]
    auto drain_later = [&]() -> task<numbers> {
        co_await testing::give_way(5);
        co_return rest_of(queue);
    };
    const auto [late, drained] = co_await join(
        race(source | into(patient{queue}), testing::give_way(3)), drain_later());
    CHECK(drained == numbers{0, 1});
    CHECK(rest_of(queue) == numbers{2});
    CHECK(rest_of(source) == numbers{3});
}

COIL_TEST("into: a stop reaches a generator, and drops a source that needs it") {
    words log;
    auto guarded = [&]() -> resource_generator<int> {
        co_await own(testing::resource(log, "r"));
        co_yield 1;
        co_await testing::never();
    };
    unbounded_channel<int> queue;
    CHECK_FALSE(co_await with_timeout(1s, guarded() | into(queue)));
    CHECK(log == words{"drop r", "dropped r"});
    CHECK(rest_of(queue) == numbers{1});
}

#if COIL_EXCEPTIONS
COIL_TEST("into: an error of the source or of the sink ends it; what was sent stays") {
    struct strict {
        task<bool> send(int i) {
            co_await yield_now();
            if (i == 2) throw std::runtime_error("sink");
            taken.push_back(i);
            co_return true;
        }
        numbers taken;
    };
    words caught;
    strict sink;
    channel<int> source(4);
    for (int i = 0; i < 4; ++i) (void)source.try_send(int{i});
    try {
        (void)co_await (source | into(sink));
    } catch (const std::runtime_error& error) {
        caught.emplace_back(error.what());
    }
    CHECK(sink.taken == numbers{0, 1});
    CHECK(rest_of(source) == numbers{3});
    unbounded_channel<int> queue;
    auto failing = []() -> generator<int> {
        co_yield 1;
        throw std::runtime_error("source");
    };
    try {
        (void)co_await (failing() | into(queue));
    } catch (const std::runtime_error& error) {
        caught.emplace_back(error.what());
    }
    CHECK(caught == words{"sink", "source"});
    CHECK(rest_of(queue) == numbers{1});
    CHECK_FALSE(queue.is_closed());
}
#endif

COIL_TEST("into: a million items use no stack, and let others have their turn") {
    ledger book;
    auto endless = []() -> generator<int> {
        for (;;) co_yield 1;
    };
    co_await (count_to(1'000'000) | into(book));
    CHECK(book.sum == 499'999'500'000);
    const auto won = co_await race(endless() | into(book), testing::give_way(3));
    CHECK(won.index() == 1);
}

COIL_TEST("into: a sink that a task gives, and who sent all closes it") {
    coil::unbounded_channel<int> queue;
    const auto open = [&]() -> coil::task<coil::unbounded_channel<int>*> {
        co_await coil::yield_now();
        co_return &queue;
    };
    const numbers sent = {1, 2};
    auto* const sink = co_await open();
    const bool has_sent = co_await (sent | coil::into(*sink));
    CHECK(has_sent);
    sink->close();
    const auto received = co_await (queue | coil::collect<std::vector>());
    CHECK(received == sent);
}

COIL_TEST("into: one sink of two, and items that are changed on their way") {
    channel<int> quick(9);
    channel<int> slow(1);
    const auto twice = [](int i) { return 2 * i; };
    const auto feed = [&]() -> task<bool> {
        const bool was_all_sent =
            co_await (count_to(4) | map(twice) | into(fan_out{&quick, &slow}));
        quick.close();
        slow.close();
        co_return was_all_sent;
    };
    const auto read = [&]() -> task<numbers> {
        co_await coil::testing::give_way(9);
        CHECK(quick.stats().size == 2);  // the slow one has room for one
        co_return co_await (slow | collect<std::vector>());
    };
    const auto [was_all_sent, received] = co_await join(feed(), read());
    CHECK(was_all_sent);
    CHECK(received == numbers{0, 2, 4, 6});
    const auto others = co_await (quick | collect<std::vector>());
    CHECK(others == received);
}
