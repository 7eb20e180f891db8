// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/race.hpp>
#include <coil/parallel/join_map.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/stream/stream.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <tests/parallel/children.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::group;
using coil::join_map;
using coil::task;
using coil::when_let_go;
using coil::with_group;

static_assert(coil::stream<join_map<int, int>>);
static_assert(coil::resumable_stream<join_map<int, int>>);

COIL_TEST("join_map: says who ended, and how") {
    words log;
    auto say = [&](const std::string& who, int how) {
        log.push_back(who + " " + std::to_string(how));
    };
    //! [who ended, and how]
    co_await with_group([&](group& g) -> task<> {
        join_map<std::string, int> downloads(g);
        downloads.spawn("slow", give_after(2ms, 200));
        downloads.spawn("fast", give_after(1ms, 404));
        while (auto ended = co_await downloads.next()) {
            auto& [name, result] = *ended;
            if (!result.is_stopped()) say(name, result.take());
        }
    });
    //! [who ended, and how]
    CHECK(log == words{"fast 404", "slow 200"});
}

COIL_TEST("join_map: one of them is stopped by its key, and told as stopped") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        join_map<int, int> all(g);
        all.spawn(1, hang(log, "first"));
        all.spawn(2, give_after(1ms, 2));
        co_await coil::yield_now();
        CHECK(all.request_stop(1));
        CHECK_FALSE(all.request_stop(3));
        auto first = co_await all.next();
        CHECK(first->first == 1);
        CHECK(first->second.is_stopped());
        CHECK(log == words{"~first"});
        auto second = co_await all.next();
        CHECK(second->first == 2);
        CHECK(second->second.take() == 2);
        CHECK_FALSE((co_await all.next()).has_value());
    });
}

COIL_TEST("join_map: a second of the same key takes the place of the first") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        join_map<std::string, int> all(g);
        CHECK(all.spawn("a", hang(log, "first")));
        co_await coil::yield_now();
        CHECK_FALSE(all.spawn("a", give_after(1ms, 2)));
        CHECK(all.size() == 1);
        auto ended = co_await all.next();
        CHECK(log == words{"~first"});
        CHECK(ended->first == "a");
        CHECK(ended->second.take() == 2);
        CHECK(all.size() == 0);
        CHECK_FALSE(all.contains("a"));
        CHECK_FALSE((co_await all.next()).has_value());
    });
}

COIL_TEST("join_map: one that has ended may be replaced before it is told") {
    co_await with_group([](group& g) -> task<> {
        join_map<int, int> all(g);
        all.spawn(7, give_after(1ms, 1));
        co_await coil::sleep(2ms);
        CHECK(all.stats().ended == 1);
        CHECK_FALSE(all.spawn(7, give_after(1ms, 2)));
        CHECK(all.stats().ended == 0);
        CHECK(all.stats().running == 1);
        auto ended = co_await all.next();
        CHECK(ended->second.take() == 2);
        CHECK_FALSE((co_await all.next()).has_value());
    });
}

COIL_TEST("join_map: one that is replaced while its next waits") {
    co_await with_group([](group& g) -> task<> {
        join_map<int, int> all(g);
        all.spawn(7, give_after(1ms, 1));
        auto replace = [&]() -> task<> {
            co_await coil::yield_now();
            all.spawn(7, give_after(3ms, 2));
            co_await never();
        };
        auto won = co_await coil::race(all.next(), replace());
        CHECK(won.get<0>()->second.take() == 2);
    });
}

COIL_TEST("join_map: a stopped next loses nothing") {
    std::vector<int> order;
    co_await with_group([&](group& g) -> task<> {
        join_map<int, int> all(g);
        for (int i : {1, 2, 3}) all.spawn(i, give_after(i * 3ms, 10 * i));
        for (;;) {
            auto in_time = co_await coil::with_timeout(1ms, all.next());
            if (!in_time) continue;
            if (!in_time->has_value()) co_return;
            order.push_back((*in_time)->second.take());
        }
    });
    CHECK(order == std::vector{10, 20, 30});
}

COIL_TEST("join_map: all are stopped with it, if it is told so") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        {
            join_map<int, int> all(g, when_let_go::stop);
            all.spawn(1, hang(log, "first"));
            all.spawn(2, hang(log, "second"));
            co_await coil::yield_now();
        }
        log.emplace_back("body");
    });
    CHECK(log == words{"body", "~first", "~second"});
}

COIL_TEST("join_map: keys and results may be movable only") {
    struct by_value {
        std::size_t operator()(const std::unique_ptr<int>& p) const {
            return static_cast<std::size_t>(*p);
        }
        bool operator()(const std::unique_ptr<int>& a,
                        const std::unique_ptr<int>& b) const {
            return *a == *b;
        }
    };
    co_await with_group([](group& g) -> task<> {
        auto give = []() -> task<std::unique_ptr<int>> {
            co_return std::make_unique<int>(2);
        };
        join_map<std::unique_ptr<int>, std::unique_ptr<int>, by_value, by_value> all(g);
        all.spawn(std::make_unique<int>(1), give());
        auto ended = co_await all.next();
        CHECK(*ended->first == 1);
        CHECK(*ended->second.value() == 2);
    });
}

#if COIL_EXCEPTIONS
COIL_TEST("join_map: an error is told with the key of who failed") {
    co_await with_group([](group& g) -> task<> {
        join_map<std::string, int> all(g);
        all.spawn("good", give_after(2ms, 1));
        all.spawn("bad", fail_after(1ms));
        auto first = co_await all.next();
        CHECK(first->first == "bad");
        CHECK_THROWS_WITH(first->second.take(), "child failed");
        auto second = co_await all.next();
        CHECK(second->first == "good");
    });
}

COIL_TEST("join_map: one that is replaced and fails in its clean-up fails the group") {
    auto fails_when_stopped = []() -> task<int> {
        (void)co_await coil::as_outcome(never());
        throw std::runtime_error("clean-up failed");
    };
    auto ended = co_await coil::as_outcome(with_group([&](group& g) -> task<> {
        join_map<int, int> all(g);
        all.spawn(7, fails_when_stopped());
        co_await coil::yield_now();
        all.spawn(7, give_after(1ms, 2));
        (void)co_await all.next();
    }));
    CHECK_THROWS_WITH(ended.take(), "clean-up failed");
}
#endif

TEST_CASE("join_map: on many threads, each of a thousand is told once") {
    coil::multi_thread_runtime runtime({.workers = 2});
    auto whole = with_group([](group& g) -> task<int> {
        join_map<int, int> all(g);
        auto give = [](int i) -> task<int> {
            for (int turns = 0; turns < i % 3; ++turns) co_await coil::yield_now();
            co_return i;
        };
        for (int i = 0; i < 1000; ++i) {
            all.spawn(i % 700, give(i));
            if (i % 5 == 0) all.request_stop(i % 700);
        }
        int told = 0;
        while (auto ended = co_await all.next()) ++told;
        co_return told;
    });
    CHECK(runtime.run(std::move(whole)).take() == 700);
}
