// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {

struct trace {
    words& log;
    ~trace() { log.push_back("destroyed"); }
};

coil::generator<std::string> every(coil::clock::duration pause, std::string name,
                                   int count) {
    for (int i = 0; i < count; ++i) {
        co_await coil::sleep(pause);
        co_yield name + std::to_string(i);
    }
}
coil::generator<int> forever(words& log, coil::event& never) {
    const trace local{log};
    co_yield 1;
    co_await never.wait();
}
coil::generator<int> count_to(int count) {
    for (int i = 0; i < count; ++i) co_yield i;
}

//! [orders from two shops]
coil::task<words> all_orders() {
    co_return co_await (coil::merge(every(2ms, "north ", 2), every(3ms, "south ", 2)) |
                        coil::collect<std::vector>());
}
//! [orders from two shops]

}  // namespace

COIL_TEST("merge: gives each item as soon as it is there, until all have ended") {
    const words all = co_await all_orders();
    CHECK(all == words{"north 0", "south 0", "north 1", "south 1"});
}

COIL_TEST("merge: sources go on waiting between two next()") {
    words log;
    auto body = [&](auto& both) -> coil::task<> {
        while (auto item = co_await both.next()) {
            log.push_back(*item);
            co_await coil::sleep(10ms);  // both are ready by then
        }
    };
    co_await coil::with(coil::merge(every(2ms, "a", 2), every(3ms, "b", 2)), body);
    CHECK(log == words{"a0", "b0", "a1", "b1"});
}

COIL_TEST("merge: sources that are always ready take turns") {
    const auto all =
        co_await (coil::merge(count_to(3), count_to(3)) | coil::collect<std::vector>());
    CHECK(all == std::vector<int>{0, 0, 1, 1, 2, 2});
}

COIL_TEST("merge: leaving early stops and joins the sources that wait") {
    words log;
    coil::event never;
    co_await (coil::merge(forever(log, never), forever(log, never)) |
              coil::filter([](int) { return true; }) |
              coil::for_each([n = 0](int) mutable {
                  return ++n < 2 ? coil::loop::go_on : coil::loop::leave;
              }));
    log.push_back("done");
    CHECK(log == words{"destroyed", "destroyed", "done"});
}

COIL_TEST("merge: a stop reaches all sources, and generators have ended") {
    words log;
    coil::event never;
    auto body = [&](auto& both) -> coil::task<> {
        (void)co_await both.next();
        (void)co_await both.next();
        auto late = co_await coil::with_timeout(1s, both.next());
        CHECK_FALSE(late.has_value());
        CHECK(log == words{"destroyed", "destroyed"});
        auto end = co_await both.next();
        CHECK_FALSE(end.has_value());
    };
    co_await coil::with(coil::merge(forever(log, never), forever(log, never)), body);
}

COIL_TEST("merge: may be read within another scope each time") {
    auto body = [](auto& both) -> coil::task<> {
        words log;
        for (;;) {
            auto item = co_await coil::with_timeout(1s, both.next());
            CHECK(item.has_value());
            if (!item.has_value() || !item->has_value()) break;
            log.push_back(**item);
        }
        CHECK(log == words{"a0", "b0", "a1", "b1"});
    };
    co_await coil::with(coil::merge(every(2ms, "a", 2), every(3ms, "b", 2)), body);
}

COIL_TEST("merge: the drop stops a source that waits while nobody reads") {
    words log;
    coil::event never;
    auto body = [&](auto& both) -> coil::task<> {
        (void)co_await both.next();
        co_await coil::sleep(1s);
        log.push_back("left");
    };
    co_await coil::with(
        coil::merge(forever(log, never),
                    every(1h, "", 9) | coil::map([](const std::string&) { return 1; })),
        body);
    CHECK(log == words{"left", "destroyed"});
}

COIL_TEST("merge: over channels loses nothing when it is stopped at any turn") {
    for (int turns = 0; turns < 12; ++turns) {
        coil::channel<int, 8> a;
        coil::channel<int, 8> b;
        auto both = coil::merge(a, b);
        static_assert(coil::resumable_stream<decltype(both)>);
        static_assert(!coil::needs_async_drop<decltype(both)>);
        std::vector<int> seen;
        auto send = [&]() -> coil::task<> {
            for (int i = 0; i < 4; ++i) {
                co_await coil::yield_now();
                (void)a.try_send(int{2 * i});
                if (i % 2 == 0) co_await coil::yield_now();
                (void)b.try_send(int{2 * i + 1});
            }
        };
        auto wait = [](int n) -> coil::task<> {
            for (; n > 0; --n) co_await coil::yield_now();
        };
        auto read = [&]() -> coil::task<> {
            while (auto item = co_await both.next()) seen.push_back(*item);
        };
        co_await coil::join(send(), coil::race(read(), wait(turns)));
        a.close();
        b.close();
        co_await read();
        std::sort(seen.begin(), seen.end());
        CHECK(seen == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
    }
}

namespace {
[[gsl::suppress("coil-async-drop")]] coil::local_task<> lose_a_merge() {
    auto both = coil::merge(every(1h, "a", 1), every(1ms, "b", 1));
    (void)co_await both.next();
}
}  // namespace

TEST_CASE("merge: one that is destroyed while a source waits ends the program") {
    const std::string said = coil::testing::last_words_of(&lose_a_merge);
    CHECK(coil::testing::says(said, "without its async drop"));
}

#if COIL_EXCEPTIONS
COIL_TEST("merge: an error of one source leaves the others alone") {
    auto failing = []() -> coil::generator<int> {
        co_yield 1;
        throw std::runtime_error("failed");
    };
    auto body = [](auto& both) -> coil::task<> {
        words log;
        for (;;) {
            try {
                auto item = co_await both.next();
                if (!item) break;
                log.push_back(std::to_string(*item));
            } catch (const std::runtime_error& error) {
                log.push_back(error.what());
            }
        }
        CHECK(log == words{"1", "0", "failed", "1", "2"});
    };
    co_await coil::with(coil::merge(failing(), count_to(3)), body);
}
#endif

COIL_TEST("merge: a million ready items use no stack") {
    long sum = 0;
    co_await (coil::merge(count_to(500'000), count_to(500'000)) |
              coil::for_each([&](int i) { sum += i; }));
    CHECK(sum == 249'999'500'000);
}

COIL_TEST("merge: an item that comes as the race is lost stays for the next one") {
    coil::channel<int> a(1);
    coil::channel<int> b(1);
    coil::event quit;
    auto both = coil::merge(a, b);
    words log;
    auto feed = [&]() -> coil::task<> {
        (void)a.try_send(1);
        quit.set();
        (void)b.try_send(2);
        a.close();
        b.close();
        co_return;
    };
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(feed());
        const auto won = co_await coil::race(both.next(), quit.wait());
        CHECK(won.index() == 1);
        while (auto item = co_await both.next()) log.push_back(std::to_string(*item));
    });
    CHECK(log == words{"1", "2"});
}
