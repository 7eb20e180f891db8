// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/parallel/join_set.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/map.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <tests/parallel/children.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::group;
using coil::join_set;
using coil::task;
using coil::with_group;

static_assert(coil::stream<join_set<int>> && coil::resumable_stream<join_set<int>>);

COIL_TEST("join_set: gives results in the order in which the children end") {
    std::vector<int> order;
    //! [results as they come]
    co_await with_group([&](group& g) -> task<> {
        join_set<int> results(g);
        for (int i : {3, 1, 2}) results.spawn(give_after(i * 1ms, i));
        while (auto result = co_await results.next()) order.push_back(*result);
    });
    //! [results as they come]
    CHECK(order == std::vector{1, 2, 3});
}

COIL_TEST("join_set: is a stream that adaptors take") {
    const auto doubled = co_await with_group([](group& g) -> task<std::vector<int>> {
        join_set<int> results(g);
        for (int i : {2, 1}) results.spawn(give_after(i * 1ms, i));
        auto twice = [](int i) { return 2 * i; };
        co_return co_await (results | coil::map(twice) | coil::collect<std::vector>());
    });
    CHECK(doubled == std::vector{2, 4});
}

COIL_TEST("join_set: without children it is at its end") {
    co_await with_group([](group& g) -> task<> {
        join_set<void> results(g);
        CHECK_FALSE((co_await results.next()).has_value());
        results.spawn(coil::yield_now());
        CHECK((co_await results.next()).has_value());
        CHECK_FALSE((co_await results.next()).has_value());
    });
}

COIL_TEST("join_set: takes results that only move") {
    co_await with_group([](group& g) -> task<> {
        auto give = []() -> task<std::unique_ptr<int>> {
            co_return std::make_unique<int>(2);
        };
        join_set<std::unique_ptr<int>> results(g);
        results.spawn(give());
        CHECK(**co_await results.next() == 2);
    });
}

COIL_TEST("join_set: counts its children") {
    co_await with_group([](group& g) -> task<> {
        join_set<int> results(g);
        results.spawn(give_after(1ms, 1));
        results.spawn(give_after(3ms, 2));
        CHECK(results.stats().running == 2);
        co_await coil::sleep(2ms);
        CHECK(results.stats().running == 1);
        CHECK(results.stats().ended == 1);
        CHECK(co_await results.next() == 1);
        CHECK(results.stats().ended == 0);
    });
}

COIL_TEST("join_set: a stopped next loses nothing") {
    std::vector<int> order;
    co_await with_group([&](group& g) -> task<> {
        join_set<int> results(g);
        for (int i : {1, 2, 3}) results.spawn(give_after(i * 3ms, i));
        for (;;) {
            auto in_time = co_await coil::with_timeout(1ms, results.next());
            if (!in_time) continue;
            if (!in_time->has_value()) co_return;
            order.push_back(**in_time);
        }
    });
    CHECK(order == std::vector{1, 2, 3});
}

COIL_TEST("join_set: a next that loses a race as a child ends loses nothing") {
    for (int turns = 0; turns < 8; ++turns) {
        const int value = co_await with_group([=](group& g) -> task<int> {
            auto give = [](int after) -> task<int> {
                co_await give_way(after);
                co_return 5;
            };
            join_set<int> results(g);
            results.spawn(give(turns));
            auto first = co_await coil::race(give_way(3), results.next());
            if (first.index() == 1) co_return *first.get<1>();
            co_return *co_await results.next();
        });
        CHECK(value == 5);
    }
}

COIL_TEST("join_set: passes over children that were stopped") {
    co_await with_group([](group& g) -> task<> {
        auto stops = []() -> task<int> {
            co_await coil::stop_here();
            co_return 0;
        };
        join_set<int> results(g);
        results.spawn(stops());
        results.spawn(give_after(1ms, 2));
        results.spawn(stops());
        CHECK(co_await results.next() == 2);
        CHECK_FALSE((co_await results.next()).has_value());
        results.spawn(stops());
        CHECK_FALSE((co_await results.next()).has_value());
    });
}

COIL_TEST("join_set: when it ends its children are the group's") {
    words log;
    auto body = [&](group& g) -> task<> {
        join_set<int> results(g);
        results.spawn(hang(log, "child"));
        results.spawn(give_after(1ms, 1));
        co_await coil::sleep(2ms);
        log.emplace_back("body");
    };
    co_await coil::race(with_group(body), coil::sleep(1s));
    CHECK(log == words{"body", "~child"});
}

COIL_TEST("join_set: results that nobody takes end with it") {
    words log;
    auto give = [](words& l) -> task<std::unique_ptr<trace>> {
        co_return std::make_unique<trace>(l, "value");
    };
    co_await with_group([&](group& g) -> task<> {
        {
            join_set<std::unique_ptr<trace>> results(g);
            results.spawn(give(log));
            co_await give_way(3);
        }
        log.emplace_back("body");
    });
    CHECK(log == words{"~value", "body"});
}

#if COIL_EXCEPTIONS
COIL_TEST("join_set: an error comes in its turn, and the siblings go on") {
    std::vector<int> order;
    co_await with_group([&](group& g) -> task<> {
        join_set<int> results(g);
        results.spawn(give_after(1ms, 1));
        results.spawn(fail_after(2ms));
        results.spawn(give_after(3ms, 3));
        for (;;) {
            auto next = co_await as_outcome(results.next());
            if (next.has_error()) {
                order.push_back(0);
                continue;
            }
            if (!next.value().has_value()) co_return;
            order.push_back(*next.value());
        }
    });
    CHECK(order == std::vector{1, 0, 3});
}

COIL_TEST("join_set: a child that fails when it is gone fails the group") {
    auto body = [](group& g) -> task<> {
        {
            join_set<int> results(g);
            results.spawn(fail_after(1ms));
        }
        co_await never();
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "child failed");
}
#endif

COIL_TEST("join_set: its children are stopped with it, if it is told so") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        {
            join_set<int> results(g, coil::when_let_go::stop);
            results.spawn(hang(log, "child"));
            results.spawn(give_after(1ms, 1));
            CHECK(co_await results.next() == 1);
        }
        log.emplace_back("body");
    });
    CHECK(log == words{"body", "~child"});
}

COIL_TEST("join_set: all that run are asked to stop, and more may be spawned") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        join_set<int> results(g);
        results.spawn(hang(log, "first"));
        results.spawn(hang(log, "second"));
        co_await coil::yield_now();
        results.request_stop();
        CHECK_FALSE((co_await results.next()).has_value());
        CHECK(log == words{"~first", "~second"});
        results.spawn(give_after(1ms, 3));
        CHECK(co_await results.next() == 3);
    });
}
