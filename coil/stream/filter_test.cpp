// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

bool is_odd(int i) {
    return i % 2 == 1;
}

//! [names that may log in]
coil::task<bool> may_log_in(const std::string& name) {
    co_await coil::sleep(1ms);  // ask the directory
    co_return name != "guest";
}
coil::task<words> users(const words& names) {
    co_return co_await (names | coil::filter(may_log_in) |
                        coil::collect<std::vector>());
}
//! [names that may log in]

}  // namespace

COIL_TEST("filter: an async function chooses") {
    const words names = {"ann", "guest", "bob"};
    const words chosen = co_await users(names);
    CHECK(chosen == words{"ann", "bob"});
}

COIL_TEST("filter: one that is stopped inside its function has ended") {
    coil::channel<int, 2> queue;
    (void)queue.try_send(1);
    coil::event never;
    auto stuck = queue | coil::filter([&](int) -> coil::task<bool> {
                     co_await never.wait();
                     co_return true;
                 });
    auto late = co_await coil::with_timeout(1s, stuck.next());
    CHECK_FALSE(late.has_value());
    auto end = co_await stuck.next();
    CHECK_FALSE(end.has_value());
}

COIL_TEST("filter: with a sync function loses nothing when stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> queue;
        std::vector<int> seen;
        auto odd = queue | coil::filter(is_odd);
        auto send = [&]() -> coil::task<> {
            for (int i = 0; i < 6; ++i) {
                co_await coil::yield_now();
                (void)queue.try_send(int{i});
            }
            queue.close();
        };
        auto wait = [](int n) -> coil::task<> {
            for (; n > 0; --n) co_await coil::yield_now();
        };
        auto read = [&]() -> coil::task<> {
            while (auto item = co_await odd.next()) seen.push_back(*item);
        };
        co_await coil::join(send(), coil::race(read(), wait(turns)));
        co_await read();
        CHECK(seen == std::vector<int>{1, 3, 5});
    }
}

COIL_TEST("filter: a stop ends even a search that never waits") {
    bool goes_on = true;
    auto forever = [&]() -> coil::generator<int> {
        while (goes_on) {
            co_await coil::yield_now();
            co_yield 0;
        }
    };
    auto found = co_await coil::race(
        forever() | coil::filter(is_odd) | coil::for_each([](int) {}), coil::sleep(1ms),
        coil::yield_now());
    CHECK(found.index() == 2);
}

#if COIL_EXCEPTIONS
COIL_TEST("filter: an error of its function loses that item only") {
    words log;
    const std::vector<int> numbers = {0, 1, 2};
    auto kept = numbers | coil::filter([](int i) {
                    if (i == 1) throw std::runtime_error("function");
                    return true;
                });
    for (int i = 0; i < 4; ++i) {
        try {
            auto item = co_await kept.next();
            log.push_back(item != nullptr ? std::to_string(*item) : "end");
        } catch (const std::runtime_error& error) {
            log.push_back(error.what());
        }
    }
    CHECK(log == words{"0", "function", "2", "end"});
}
#endif

COIL_TEST("filter: a million items that are left out use no stack") {
    const std::vector<int> many(1'000'000, 2);
    int count = 0;
    auto odd = [](int i) -> coil::task<bool> { co_return is_odd(i); };
    co_await (many | coil::filter(is_odd) | coil::for_each([&](int) { ++count; }));
    co_await (many | coil::filter(odd) | coil::for_each([&](int) { ++count; }));
    CHECK(count == 0);
}
