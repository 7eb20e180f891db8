// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/parallel/started.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <memory>
#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::group;
using coil::spawn_started;
using coil::started;
using coil::task;
using coil::with_group;

COIL_TEST("started: the spawner goes on when the child has started") {
    words log;
    //! [a server that says its port]
    auto serve = [&log](started<int>& listens) -> task<> {
        co_await coil::sleep(1ms);  // bind, listen
        listens.set(8080);
        co_await coil::sleep(1ms);  // serve
        log.emplace_back("served");
    };
    co_await with_group([&](group& g) -> task<> {
        const int port = co_await spawn_started<int>(g, serve);
        log.push_back("port " + std::to_string(port));
    });
    //! [a server that says its port]
    CHECK(log == words{"port 8080", "served"});
}

COIL_TEST("started: a child need not say more than that") {
    words log;
    co_await with_group([&](group& g) -> task<> {
        auto serve = [](started<>& ready) -> task<> {
            co_await coil::yield_now();
            ready.set();
            CHECK(ready.is_set());
        };
        co_await spawn_started(g, serve);
        log.emplace_back("started");
    });
    CHECK(log == words{"started"});
}

COIL_TEST("started: a child that has started and ended at once has started") {
    co_await with_group([&](group& g) -> task<> {
        auto value = co_await spawn_started<std::unique_ptr<int>>(
            g, [](started<std::unique_ptr<int>>& ready) {
                ready.set(std::make_unique<int>(3));
            });
        CHECK(*value == 3);
    });
}

COIL_TEST("started: a spawner that is stopped stops the child") {
    words log;
    auto serve = [&log](started<>&) -> task<> {
        const trace end(log, "child");
        co_await never();
    };
    co_await with_group([&](group& g) -> task<> {
        CHECK_FALSE(co_await coil::with_timeout(1ms, spawn_started(g, serve)));
        log.emplace_back("gave up");
        co_await coil::yield_now();
        co_await coil::yield_now();
        log.emplace_back("body");
    });
    CHECK(log == words{"gave up", "~child", "body"});
}

COIL_TEST("started: what a child says to nobody ends at once") {
    words log;
    using given = std::unique_ptr<trace>;
    auto serve = [&log](started<given>& ready) -> task<> {
        co_await coil::shield(coil::sleep(2ms));
        ready.set(std::make_unique<trace>(log, "value"));
        log.emplace_back("said");
    };
    co_await with_group([&](group& g) -> task<> {
        (void)co_await as_outcome(
            coil::with_timeout(1ms, spawn_started<given>(g, serve)));
    });
    CHECK(log == words{"~value", "said"});
}

COIL_TEST("started: a child that is stopped before stops the spawner") {
    auto stops = [](started<>&) -> task<> { co_await coil::stop_here(); };
    const auto ended = co_await as_outcome(
        with_group([&](group& g) -> task<> { co_await spawn_started(g, stops); }));
    CHECK(ended.is_stopped());
}

COIL_TEST("started: does nothing unless it is awaited") {
    words log;
    co_await with_group([&](group& g) {
        auto idle = spawn_started(g, [&log](started<>&) { log.emplace_back("ran"); });
        [[maybe_unused]] auto moved = std::move(idle);
    });
    CHECK(log.empty());
}

#if COIL_EXCEPTIONS
COIL_TEST("started: a child that fails before throws at the spawner") {
    auto fails = [](started<>&) -> task<> {
        co_await coil::yield_now();
        throw std::runtime_error("no port");
    };
    co_await with_group([&](group& g) -> task<> {
        auto ended = co_await as_outcome(spawn_started(g, fails));
        CHECK_THROWS_WITH(ended.take(), "no port");
    });
}

COIL_TEST("started: a child that ends without a word is an error") {
    co_await with_group([&](group& g) -> task<> {
        auto ended = co_await as_outcome(spawn_started(g, [](started<>&) {}));
        CHECK_THROWS_AS(ended.take(), coil::never_started);
    });
}

COIL_TEST("started: a child that fails later fails the group") {
    auto fails = [](started<>& ready) -> task<> {
        ready.set();
        throw std::runtime_error("later");
    };
    words log;
    auto body = [&](group& g) -> task<> {
        co_await spawn_started(g, fails);
        log.emplace_back("started");
        co_await never();
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "later");
}
#endif

TEST_CASE("started: a child starts once") {
    const std::string said = last_words_of([]() -> coil::local_task<> {
        co_await with_group([](group& g) -> task<> {
            co_await spawn_started(g, [](started<>& ready) {
                ready.set();
                ready.set();
            });
        });
    });
    CHECK(says(said, "a child starts once"));
}
