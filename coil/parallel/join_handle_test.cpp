// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/parallel/join_handle.hpp>
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
using coil::join_handle;
using coil::spawn_with_handle;
using coil::task;
using coil::when_let_go;
using coil::with_group;
using coil::yield_now;

COIL_TEST("join_handle: gives the child's value") {
    //! [two children and their values]
    const int sum = co_await with_group([](group& g) -> task<int> {
        auto slow = spawn_with_handle(g, give_after(20ms, 1));
        auto fast = spawn_with_handle(g, give_after(10ms, 2));
        const int first = co_await slow.join();
        co_return first + co_await fast.join();
    });
    //! [two children and their values]
    CHECK(sum == 3);
}

COIL_TEST("join_handle: results may be taken in the order of the spawns") {
    std::vector<int> order;
    co_await with_group([&](group& g) -> task<> {
        std::vector<join_handle<int>> children;
        for (int i : {3, 1, 2})
            children.push_back(spawn_with_handle(g, give_after(i * 1ms, i)));
        for (auto& child : children) order.push_back(co_await child.join());
    });
    CHECK(order == std::vector{3, 1, 2});
}

TEST_CASE("join_handle: may change threads if the child's value may") {
    static_assert(coil::sendable<join_handle<int>>);
    static_assert(!coil::sendable<join_handle<coil::local_task<>>>);
    static_assert(!coil::shareable<join_handle<int>>);
}

COIL_TEST("join_handle: may outlive its group") {
    join_handle<int> first;
    join_handle<std::unique_ptr<int>> second;
    co_await with_group([&](group& g) {
        auto give = []() -> task<std::unique_ptr<int>> {
            co_return std::make_unique<int>(2);
        };
        first = spawn_with_handle(g, give_after(1s, 1));
        second = spawn_with_handle(g, give());
    });
    CHECK(first.is_finished());
    CHECK(co_await first.join() == 1);
    CHECK(*co_await second.join() == 2);
    CHECK_FALSE(second.is_joinable());
}

COIL_TEST("join_handle: knows whether its child has ended") {
    co_await with_group([](group& g) -> task<> {
        auto child = spawn_with_handle(g, give_after(10ms, 1));
        co_await coil::sleep(9ms);
        CHECK_FALSE(child.is_finished());
        co_await coil::sleep(2ms);
        CHECK(child.is_finished());
    });
}

COIL_TEST("join_handle: stops its child alone") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        auto one = spawn_with_handle(g, hang(log, "one"));
        auto other = spawn_with_handle(g, hang(log, "other"));
        co_await yield_now();
        one.request_stop();
        const auto ended = co_await as_outcome(one.join());
        CHECK(ended.is_stopped());
        log.emplace_back("joined");
        g.request_stop();
    });
    CHECK(log == words{"~one", "joined", "~other"});
}

COIL_TEST("join_handle: who joins a stopped child is stopped") {
    words log;
    auto waits = [](group& g, words& l) -> task<> {
        const trace end(l, "joiner");
        auto child = spawn_with_handle(g, coil::stop_here());
        co_await child.join();
    };
    const auto ended =
        co_await as_outcome(with_group([&](group& g) { return waits(g, log); }));
    CHECK(ended.is_stopped());
    CHECK(log == words{"~joiner"});
}

COIL_TEST("join_handle: a stop reaches a child that a limit holds back") {
    words log;
    co_await with_group({.limit = 1}, [&](group& g) -> task<> {
        auto first = spawn_with_handle(g, hang(log, "first"));
        auto second = spawn_with_handle(g, hang(log, "second"));
        second.request_stop();
        co_await yield_now();
        CHECK(log.empty());
        first.request_stop();
        (void)co_await as_outcome(first.join());
        (void)co_await as_outcome(second.join());
    });
    CHECK(log == words{"~first", "~second"});
}

COIL_TEST("join_handle: a stopped join loses nothing") {
    const int value = co_await with_group([](group& g) -> task<int> {
        auto child = spawn_with_handle(g, give_after(10ms, 7));
        for (int i = 0;; ++i) {
            auto in_time = co_await coil::with_timeout(3ms, child.join());
            if (!in_time) continue;
            CHECK(i == 3);
            co_return *in_time;
        }
    });
    CHECK(value == 7);
}

COIL_TEST("join_handle: a join that loses a race as the child ends loses nothing") {
    for (int turns = 0; turns < 8; ++turns) {
        const int value = co_await with_group([=](group& g) -> task<int> {
            auto give = [](int after) -> task<int> {
                co_await give_way(after);
                co_return 5;
            };
            auto child = spawn_with_handle(g, give(turns));
            auto first = co_await coil::race(give_way(3), child.join());
            if (first.index() == 1) co_return first.get<1>();
            co_return co_await child.join();
        });
        CHECK(value == 5);
    }
}

COIL_TEST("join_handle: without its handle a child is the group's") {
    words log;
    co_await with_group([&](group& g) {
        auto work = [](words& l) -> task<int> {
            co_await coil::sleep(1s);
            l.emplace_back("done");
            co_return 1;
        };
        (void)spawn_with_handle(g, work(log));
    });
    CHECK(log == words{"done"});
}

COIL_TEST("join_handle: a value that nobody takes ends with the handle") {
    words log;
    auto give = [](words& l) -> task<std::unique_ptr<trace>> {
        co_return std::make_unique<trace>(l, "value");
    };
    co_await with_group([&](group& g) -> task<> {
        {
            auto child = spawn_with_handle(g, give(log));
            co_await give_way(3);
            log.emplace_back("ended");
        }
        log.emplace_back("body");
    });
    CHECK(log == words{"ended", "~value", "body"});
}

COIL_TEST("join_handle: siblings may join and stop each other") {
    words log;
    co_await with_group([&](group& g) {
        auto stop_it = [](join_handle<int> other, words& l) -> task<> {
            other.request_stop();
            const auto ended = co_await as_outcome(other.join());
            l.emplace_back(ended.is_stopped() ? "stopped" : "not stopped");
        };
        auto other = spawn_with_handle(g, hang(log, "other"));
        g.spawn(stop_it(std::move(other), log));
    });
    CHECK(log == words{"~other", "stopped"});
}

COIL_TEST("join_handle: a child may be bound to this executor, its result as well") {
    auto give = [](int& to) -> coil::local_task<int&> { co_return to; };
    int value = 1;
    co_await with_group([&](group& g) -> coil::local_task<> {
        auto child = spawn_with_handle(g, give(value));
        CHECK(&co_await child.join() == &value);
    });
}

#if COIL_EXCEPTIONS
COIL_TEST("join_handle: a child's error is its handle's, and not the group's") {
    const int value = co_await with_group([](group& g) -> task<int> {
        auto good = spawn_with_handle(g, give_after(20ms, 1));
        auto bad = spawn_with_handle(g, fail_after(10ms));
        auto ended = co_await as_outcome(bad.join());
        CHECK_THROWS_WITH(ended.take(), "child failed");
        co_return co_await good.join();
    });
    CHECK(value == 1);
}

COIL_TEST("join_handle: a join rethrows the error") {
    auto body = [](group& g) -> task<> {
        auto bad = spawn_with_handle(g, fail_after(10ms));
        co_await bad.join();
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "child failed");
}

COIL_TEST("join_handle: a child that fails without its handle fails the group") {
    words log;
    auto body = [&](group& g) -> task<> {
        const trace end(log, "body");
        (void)spawn_with_handle(g, fail_after(1ms));
        co_await never();
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "child failed");
    CHECK(log == words{"~body"});
}
#endif

TEST_CASE("join_handle: is joined once") {
    const std::string said = last_words_of([]() -> coil::local_task<> {
        co_await with_group([](group& g) -> task<> {
            auto child = spawn_with_handle(g, give_after(1ms, 1));
            co_await child.join();
            co_await child.join();
        });
    });
    CHECK(says(said, "this handle has no child, or was joined"));
}

COIL_TEST("join_handle: stops its child when it ends, if it is told so") {
    words log;
    //! [stopped with its handle]
    co_await with_group([&](group& g) -> task<> {
        auto watch = spawn_with_handle(g, hang(log, "watch"), when_let_go::stop);
        co_await coil::sleep(1ms);
        log.emplace_back("body");
    });
    //! [stopped with its handle]
    CHECK(log == words{"body", "~watch"});
}

COIL_TEST("join_handle: one that is moved to itself still has its child") {
    co_await with_group([](group& g) -> task<> {
        auto handle = spawn_with_handle(g, give_after(1ms, 7), when_let_go::stop);
        auto& same = handle;
        handle = std::move(same);
        CHECK(co_await handle.join() == 7);
    });
}

COIL_TEST("join_handle: one that would stop its child may leave it to the group") {
    words log;
    auto work = [](words& l) -> task<> {
        const trace end(l, "work");
        co_await coil::sleep(2ms);
        l.emplace_back("done");
    };
    co_await with_group([&](group& g) -> task<> {
        auto handle = spawn_with_handle(g, work(log), when_let_go::stop);
        handle.leave_to_group();
        CHECK_FALSE(handle.is_joinable());
        co_return;
    });
    CHECK(log == words{"done", "~work"});
}
