// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

coil::generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

//! [look up users]
coil::task<std::string> name_of(int user) {
    co_await coil::sleep(1ms);  // ask the database
    co_return "user " + std::to_string(user);
}
coil::task<words> names_of(std::vector<int> users) {
    co_return co_await (users | coil::map(name_of) | coil::collect<std::vector>());
}
//! [look up users]

}  // namespace

COIL_TEST("map: an async function's results are the items") {
    const words names = co_await names_of({1, 2});
    CHECK(names == words{"user 1", "user 2"});
}

COIL_TEST("map: takes members, and items that can only be moved") {
    auto boxes = []() -> coil::generator<std::unique_ptr<int>> {
        co_yield std::make_unique<int>(1);
        co_yield std::make_unique<int>(2);
    };
    const auto unboxed =
        co_await (boxes() | coil::map([](std::unique_ptr<int> box) { return *box; }) |
                  coil::collect<std::vector>());
    CHECK(unboxed == std::vector<int>{1, 2});
    const words names = {"a", "bb"};
    const auto sizes =
        co_await (names | coil::map(&std::string::size) | coil::collect<std::vector>());
    CHECK(sizes == std::vector<std::size_t>{1, 2});
}

COIL_TEST("map: its flavour and whether it is resumable follow from its parts") {
    coil::channel<int, 1> queue;
    auto sync = queue | coil::map([](int i) { return i; });
    auto async = queue | coil::map(name_of);
    auto over_generator = count_to(1) | coil::map([](int i) { return i; });
    auto local = queue | coil::map([](int i) -> coil::local_task<int> { co_return i; });
    CHECK(coil::resumable_stream<decltype(sync)>);
    CHECK_FALSE(coil::resumable_stream<decltype(async)>);
    CHECK_FALSE(coil::resumable_stream<decltype(over_generator)>);
    CHECK_FALSE(coil::is_local_v<decltype(async)>);
    CHECK(coil::is_local_v<decltype(local)>);
    CHECK(coil::is_local_v<decltype(local.next())>);
    co_return;
}

COIL_TEST("map: one that is stopped inside its function has ended") {
    coil::channel<int, 2> queue;
    (void)queue.try_send(1);
    (void)queue.try_send(2);
    coil::event never;
    auto stuck = queue | coil::map([&](int i) -> coil::task<int> {
                     co_await never.wait();
                     co_return i;
                 });
    auto late = co_await coil::with_timeout(1s, stuck.next());
    CHECK_FALSE(late.has_value());
    auto end = co_await stuck.next();
    CHECK_FALSE(end.has_value());
    CHECK(queue.stats().size == 1);
}

COIL_TEST("map: with a sync function loses nothing when it is stopped at any turn") {
    for (int turns = 0; turns < 10; ++turns) {
        coil::channel<int, 8> queue;
        std::vector<int> seen;
        auto doubled = queue | coil::map([](int i) { return 2 * i; });
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
        auto read = [&]() -> coil::task<> {
            while (auto item = co_await doubled.next()) seen.push_back(*item);
        };
        co_await coil::join(send(), coil::race(read(), wait(turns)));
        co_await read();
        CHECK(seen == std::vector<int>{0, 2, 4, 6});
    }
}

#if COIL_EXCEPTIONS
COIL_TEST("map: an error of its function loses that item, of its source ends it") {
    words log;
    auto items = []() -> coil::generator<int> {
        co_yield 1;
        co_yield 2;
        throw std::runtime_error("source");
    };
    auto odd = items() | coil::map([](int i) {
                   if (i == 1) throw std::runtime_error("function");
                   return i;
               });
    for (int i = 0; i < 4; ++i) {
        try {
            auto item = co_await odd.next();
            log.push_back(item ? std::to_string(*item) : "end");
        } catch (const std::runtime_error& error) {
            log.push_back(error.what());
        }
    }
    CHECK(log == words{"function", "2", "source", "end"});
}
#endif

COIL_TEST("map: a million ready items use no stack") {
    long sum = 0;
    auto same = [](int i) -> coil::task<int> { co_return i; };
    co_await (count_to(1'000'000) | coil::map(same) |
              coil::for_each([&](int i) { sum += i; }));
    CHECK(sum == 499'999'500'000);
}
