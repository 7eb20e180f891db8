// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/backtrace.hpp>
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/stream/stream.hpp>
#include <coil/sync/unbounded_channel.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <thread>

using namespace std::chrono_literals;

namespace {

//! [sends from a destructor]
/// One of a pool's connections; gives itself back when it ends.
class lent_connection {
public:
    lent_connection(coil::unbounded_channel<int>& free, int id)
        : free_(free),
          id_(id) {}
    lent_connection(const lent_connection&) = delete;
    lent_connection& operator=(const lent_connection&) = delete;
    ~lent_connection() { (void)free_.send(id_); }
    int id() const { return id_; }

private:
    coil::unbounded_channel<int>& free_;
    int id_;
};
//! [sends from a destructor]

}  // namespace

COIL_TEST("unbounded_channel: a report of who waits names it") {
    coil::unbounded_channel<int> numbers;
    std::string text;
    auto look = [](std::string& to, coil::unbounded_channel<int>& of) -> coil::task<> {
        to = backtrace(*coil::strand::current());
        CHECK(of.send(1));
        co_return;
    };
    co_await coil::join(numbers.receive(), look(text, numbers));
    CHECK(coil::testing::says(text, "waits for unbounded_channel::receive\n"));
}

COIL_TEST("unbounded_channel: to send never waits, so a destructor can") {
    coil::unbounded_channel<int> free;
    for (int id = 1; id <= 3; ++id) CHECK(free.send(id));
    {
        const auto id = co_await free.receive();
        const lent_connection lent(free, *id);
        CHECK(lent.id() == 1);
        CHECK(free.stats().size == 2);
    }
    CHECK(free.stats().size == 3);
}

COIL_TEST("unbounded_channel: items arrive in order, however many wait") {
    coil::unbounded_channel<std::unique_ptr<int>> items;
    static_assert(coil::resumable_stream<decltype(items)&>);
    int sent = 0;
    int received = 0;
    for (int round = 0; round < 100; ++round) {  // so that it wraps around as it grows
        for (int i = 0; i < 7; ++i) CHECK(items.send(std::make_unique<int>(sent++)));
        for (int i = 0; i < 3; ++i) {
            const auto item = co_await items.receive();
            CHECK(**item == received++);
        }
    }
    items.close();
    auto refused = std::make_unique<int>(0);
    CHECK_FALSE(items.send(std::move(refused)));
    CHECK(refused != nullptr);
    while (auto item = co_await items.next()) CHECK(**item == received++);
    CHECK(received == 700);
}

COIL_TEST("unbounded_channel: room that it has is used again") {
    coil::unbounded_channel<int> items;
    for (int i = 0; i < 100; ++i) {
        for (int k = 0; k < 8; ++k) CHECK(items.send(k));
        while (items.try_receive()) {}
    }
    CHECK(items.stats().capacity == 8);
    co_return;
}

COIL_TEST("channel: room that is added lets senders go on") {
    coil::channel<int> queue(1);
    int sent = 0;
    auto send_all = [&]() -> coil::task<> {
        for (; sent < 4; ++sent) (void)co_await queue.send(sent);
    };
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(send_all());
        co_await coil::sleep(1s);
        CHECK(sent == 1);
        queue.grow(3);
        co_await coil::sleep(1s);
        CHECK(sent == 3);
        queue.grow(2);  // there is more already
        CHECK(queue.stats().capacity == 3);
        for (int i = 0; i < 4; ++i) {
            const auto item = co_await queue.receive();
            CHECK(item == i);
        }
    });
}

COIL_TEST("unbounded_channel: a local one does the same") {
    coil::local::unbounded_channel<int> items;
    for (int i = 0; i < 20; ++i) CHECK(items.send(i));
    const auto first = co_await items.receive();
    CHECK(first == 0);
    CHECK(coil::shareable<coil::unbounded_channel<int>>);
    CHECK_FALSE(coil::sendable<coil::local::unbounded_channel<int>&>);
}

// Many threads.

namespace {

constexpr coil::multi_thread_options four_workers = {.workers = 4};

using queue = coil::unbounded_channel<std::unique_ptr<int>>;

void send_some(queue& to, int from, int count) {
    for (int i = from; i < from + count; ++i) CHECK(to.send(std::make_unique<int>(i)));
}

coil::task<> receive_impatiently(queue& from, std::atomic<long>& sum) {
    for (int i = 0;; ++i) {
        auto in_time = co_await coil::with_timeout(std::chrono::microseconds(i % 9),
                                                   from.receive());
        if (!in_time) continue;
        if (!in_time->has_value()) co_return;
        sum += ***in_time;
    }
}

coil::task<> pass_many(std::atomic<long>& sum) {
    queue items;
    co_await coil::with_group([&](coil::group& receivers) -> coil::task<> {
        for (int i = 0; i < 3; ++i) receivers.spawn(receive_impatiently(items, sum));
        std::jthread outside([&] { send_some(items, 4000, 1000); });
        co_await coil::with_group([&](coil::group& senders) {
            for (int i = 0; i < 4; ++i)
                senders.spawn(
                    coil::call_once(&send_some, std::ref(items), i * 1000, 1000));
        });
        [[gsl::suppress("coil-blocking")]] outside.join();
        items.close();
    });
}

}  // namespace

TEST_CASE("unbounded_channel: between threads, a stop loses no item") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<long> sum = 0;
    CHECK(runtime.run(pass_many(sum)).has_value());
    CHECK(sum == 4999L * 5000 / 2);
}

COIL_TEST("unbounded_channel: all that is there is received at once") {
    coil::unbounded_channel<int> queue;
    for (int i = 0; i < 20; ++i) CHECK(queue.send(i));
    std::vector<int> items;
    std::size_t count = co_await queue.receive_many(items, 100);
    CHECK(count == 20);
    CHECK(items.back() == 19);
    queue.close();
    co_await queue.wait_closed();
    count = co_await queue.receive_many(items, 100);
    CHECK(count == 0);
}
