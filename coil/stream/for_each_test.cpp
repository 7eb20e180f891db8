// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

coil::generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

//! [read until the answer]
coil::task<> read_until_answer(coil::channel<int>& numbers) {
    co_await (numbers | coil::for_each([](int number) -> coil::task<coil::loop> {
                  co_await coil::sleep(1ms);  // think about it
                  co_return number == 42 ? coil::loop::leave : coil::loop::go_on;
              }));
}
//! [read until the answer]

}  // namespace

COIL_TEST("for_each: leaves early when its function says so") {
    coil::channel<int> numbers(4);
    for (const int number : {1, 42, 3}) (void)numbers.try_send(int{number});
    co_await read_until_answer(numbers);
    CHECK(numbers.stats().size == 1);
}

COIL_TEST("for_each: changes the elements of a range") {
    std::vector<int> numbers = {1, 2, 3};
    co_await (numbers | coil::for_each([](int& n) { n *= 2; }));
    CHECK(numbers == std::vector<int>{2, 4, 6});
}

COIL_TEST("for_each: calls one after the other, and a stop reaches the call") {
    words log;
    coil::event never;
    auto call = [&](int i) -> coil::task<> {
        log.push_back("begin " + std::to_string(i));
        if (i == 1) co_await never.wait();
        log.push_back("end " + std::to_string(i));
    };
    const bool in_time =
        co_await coil::with_timeout(1s, count_to(3) | coil::for_each(call));
    CHECK_FALSE(in_time);
    CHECK(log == words{"begin 0", "end 0", "begin 1"});
}

COIL_TEST("for_each: stopped at any turn it has seen each item once") {
    for (int turns = 0; turns < 10; ++turns) {
        coil::channel<int, 8> queue;
        std::vector<int> seen;
        auto send = [&]() -> coil::task<> {
            for (int i = 0; i < 4; ++i) {
                co_await coil::yield_now();
                (void)queue.try_send(int{i});
            }
            queue.close();
        };
        auto wait = [](int n) -> coil::task<> {
            for (; n > 0; --n) co_await coil::yield_now();
        };
        auto note = coil::for_each([&](int i) { seen.push_back(i); });
        co_await coil::join(send(), coil::race(queue | note, wait(turns)));
        co_await (queue | note);
        CHECK(seen == std::vector<int>{0, 1, 2, 3});
    }
}

#if COIL_EXCEPTIONS
COIL_TEST("for_each: the first error ends it") {
    words log;
    try {
        co_await (count_to(3) | coil::for_each([&](int i) -> coil::task<> {
                      co_await coil::sleep(1ms);
                      log.push_back(std::to_string(i));
                      if (i == 1) throw std::runtime_error("failed");
                  }));
    } catch (const std::runtime_error& error) {
        log.push_back(error.what());
    }
    CHECK(log == words{"0", "1", "failed"});
}
#endif

COIL_TEST("for_each: a million items allocate nothing but their tasks") {
    long sum = 0;
    auto add = [&](int i) -> coil::task<> {
        sum += i;
        co_return;
    };
    co_await (count_to(1'000'000) | coil::for_each(add));
    CHECK(sum == 499'999'500'000);
}

COIL_TEST("for_each: over what is always ready it gives way, and hears a stop") {
    auto endless = []() -> coil::generator<int> {
        for (int i = 0;; ++i) co_yield i;
    };
    long seen = 0;
    auto count = [&](int) { ++seen; };
    const auto won = co_await coil::race(endless() | coil::for_each(count),
                                         coil::testing::give_way(3));
    CHECK(won.index() == 1);
    CHECK(seen > 0);
}
