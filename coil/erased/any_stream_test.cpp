// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/frame.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/erased/any_stream.hpp>
#include <coil/erased/async_function.hpp>
#include <coil/erased/interface.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/channel.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace coil::testing;
using coil::any_stream;
using coil::generator;
using coil::task;

namespace {

using numbers = std::vector<int>;

generator<int> count_to(int end) {
    for (int i = 0; i < end; ++i) {
        co_await coil::yield_now();
        co_yield i;
    }
}

//! [one of two streams]
any_stream<int> numbers_from(bool is_known) {
    if (is_known) return coil::range_stream(numbers{1, 2, 3});
    return count_to(2) | coil::map([](int n) { return n * n; });
}
//! [one of two streams]

COIL_INTERFACE(counter, (add, task<int>(int number)));
struct total {
    task<int> add(int number) {
        sum += number;
        co_return sum;
    }
    int sum = 0;
};

static_assert(coil::stream<any_stream<int>>);
static_assert(!coil::is_resumable_v<any_stream<int>>);
static_assert(coil::sendable<any_stream<int>>);
static_assert(!coil::sendable<coil::local::any_stream<int>>);

}  // namespace

COIL_TEST("any_stream: streams of several types are one type") {
    CHECK(co_await (numbers_from(true) | coil::collect<std::vector>()) ==
          numbers{1, 2, 3});
    auto chosen = numbers_from(false);
    CHECK(*co_await chosen.next() == 0);
    any_stream<int> moved = std::move(chosen);
    CHECK(*co_await moved.next() == 1);
    CHECK_FALSE((co_await moved.next()).has_value());
    CHECK_FALSE((co_await moved.next()).has_value());
}

COIL_TEST("any_stream: gives what may only be moved, and converts") {
    auto owners = []() -> generator<std::unique_ptr<int>> {
        co_yield std::make_unique<int>(7);
    };
    any_stream<std::unique_ptr<int>> given = owners();
    CHECK(**co_await given.next() == 7);
    any_stream<std::string> words = coil::range_stream(std::vector{"a", "b"});
    const auto word = co_await words.next();
    CHECK(*word == "a");
}

COIL_TEST("any_stream: what comes after a stop is there for the next read") {
    struct reader {
        auto next() { return queue->next(); }
        coil::channel<int>* queue;
    };
    coil::channel<int> queue(4);
    any_stream<int> reads = reader{&queue};
    CHECK((co_await coil::race(reads.next(), coil::yield_now())).index() == 1);
    CHECK(queue.try_send(3));
    CHECK(*co_await reads.next() == 3);
}

COIL_TEST("any_stream: errors are those of the stream, and a stop unwinds it") {
    words log;
    auto fails = [&log]() -> generator<int> {
        const trace seen(log, "stream");
        co_yield 1;
        throw std::runtime_error("failed");
    };
    any_stream<int> reads = fails();
    CHECK(*co_await reads.next() == 1);
    std::string failed;
    try {
        (void)co_await reads.next();
    } catch (const std::runtime_error& error) {
        failed = error.what();
    }
    CHECK(failed == "failed");
    any_stream<int> waits = count_to(5);
    CHECK((co_await coil::race(waits.next(), task<>([]() -> task<> { co_return; }())))
              .index() == 1);
    CHECK_FALSE((co_await waits.next()).has_value());
}

#if !COIL_SANITIZED
COIL_TEST("erased: calls and items take no new memory in the steady state") {
    any_stream<int> items = count_to(1000);
    any_counter counts = total();
    coil::async_function<int(int)> wrapped = [](int n) { return n + 1; };
    std::size_t before = 0;
    int sum = 0;
    for (int i = 0; i < 1000; ++i) {
        if (i == 10) before = coil::count_frames().from_heap;
        const int item = *co_await items.next();
        sum += co_await wrapped(co_await counts.add(item));
    }
    CHECK(coil::count_frames().from_heap == before);
    CHECK(sum == 166'667'500);
}
#endif
