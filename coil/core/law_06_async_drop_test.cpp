// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 6: async drop happens once for every async-drop object that came into being.
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::task;

namespace {

const words dropped_once{"drop r", "dropped r"};

task<resource> open(words& log, coil::clock::duration delay) {
    co_await coil::sleep(delay);
    co_return resource(log, "r");
}
task<> use(resource&, coil::clock::duration time) {
    co_await coil::sleep(time);
}
auto with_resource(words& log, coil::clock::duration time) {
    return coil::with([&log] { return resource(log, "r"); },
                      [time](resource& r) { return use(r, time); });
}

}  // namespace

COIL_TEST("law 6: dropped once on return") {
    words log;
    co_await with_resource(log, 1ms);
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: dropped once on a stop") {
    words log;
    co_await coil::race(with_resource(log, 1h), coil::sleep(1ms));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: dropped once on a stop that comes during the drop") {
    words log;
    struct slow {
        words& log;
        task<> async_drop() {
            log.emplace_back("drop r");
            co_await coil::sleep(10ms);
            log.emplace_back("dropped r");
        }
    };
    auto body = [](slow&) { return coil::sleep(1ms); };
    co_await coil::race(coil::with(slow{log}, body), coil::sleep(5ms));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: the drop of a lost race ends before the race does") {
    words log;
    co_await coil::race(with_resource(log, 1h), coil::sleep(1ms));
    log.emplace_back("after");
    CHECK(log.back() == "after");
    CHECK(log.size() == 3);
}

COIL_TEST("law 6: a resource whose branch begins after the race is won is dropped") {
    words log;
    auto ready = []() -> task<int> { co_return 1; };
    auto body = [](resource& r) { return use(r, 1h); };
    co_await coil::race(ready(), coil::with(resource(log, "r"), body));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: a maker under a stop makes what is then dropped") {
    words log;
    auto ready = []() -> task<int> { co_return 1; };
    co_await coil::race(ready(), with_resource(log, 1h));
    CHECK((log.empty() || log == dropped_once));
}

COIL_TEST("law 6: an async maker that is stopped leaves nothing to drop") {
    words log;
    auto maker = [&] { return open(log, 1h); };
    auto body = [](resource& r) { return use(r, 1ms); };
    co_await coil::race(coil::with(maker, body), coil::sleep(1ms));
    CHECK(log.empty());
}

COIL_TEST("law 6: an async maker that ends as the stop comes is dropped") {
    words log;
    auto maker = [&] { return open(log, 1ms); };
    auto body = [](resource& r) { return use(r, 1h); };
    co_await coil::race(coil::sleep(1ms), coil::with(maker, body));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: the late value of a race's loser is dropped") {
    words log;
    co_await coil::race(coil::sleep(1ms), open(log, 1ms));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: a value beside a stopped branch of a join is dropped") {
    words log;
    auto stops = []() -> task<> {
        co_await coil::sleep(2ms);
        co_await coil::stop_here();
    };
    (void)co_await as_outcome(coil::join(open(log, 1ms), stops()));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: a value that comes late to with_timeout is given, not lost") {
    words log;
    auto late = [&]() -> task<resource> {
        (void)co_await as_outcome(never());
        co_return resource(log, "r");
    };
    auto value = co_await coil::with_timeout(1ms, late());
    REQUIRE(value.has_value());
    co_await coil::drop(value);
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: owned objects are dropped when the body is stopped in a child") {
    words log;
    auto inner = [](words& l) -> task<> {
        co_await coil::own(resource(l, "inner"));
        co_await never();
    };
    auto outer = [&inner](words& l) -> task<> {
        co_await coil::own(resource(l, "outer"));
        co_await inner(l);
    };
    co_await coil::race(outer(log), coil::sleep(1ms));
    CHECK(log == words{"drop inner", "dropped inner", "drop outer", "dropped outer"});
}

COIL_TEST("law 6: drops of a stopped group's children end before the group does") {
    words log;
    auto body = [&](coil::group& g) { g.spawn(with_resource(log, 1h)); };
    co_await coil::race(coil::with_group(body), coil::sleep(1ms));
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: a drop may join children, race, and have resources of its own") {
    words log;
    struct busy {
        words& log;
        task<> async_drop() {
            co_await coil::join(with_resource(log, 1ms), coil::sleep(2ms));
            co_await coil::race(with_resource(log, 1h), coil::sleep(1ms));
            log.emplace_back("busy dropped");
        }
    };
    auto body = [](busy&) { return never(); };
    co_await coil::race(coil::with(busy{log}, body), coil::sleep(1ms));
    CHECK(log == words{"drop r", "dropped r", "drop r", "dropped r", "busy dropped"});
}

COIL_TEST("law 6: a drop that stops itself counts as done") {
    words log;
    struct gives_up {
        words& log;
        task<> async_drop() {
            log.emplace_back("gives up");
            co_await coil::stop_here();
        }
    };
    const int value = co_await coil::with(gives_up{log}, [](gives_up&) { return 3; });
    CHECK(value == 3);
    CHECK(log == words{"gives up"});
}

COIL_TEST("law 6: a hard stop hurries a drop, and it is still joined") {
    words log;
    struct slow {
        words& log;
        task<> async_drop() {
            const auto hurried = co_await as_outcome(coil::sleep(1h));
            log.emplace_back(hurried.is_stopped() ? "hurried" : "took its time");
        }
    };
    auto whole = [&]() -> task<> {
        coil::context& scope = co_await scope_here();
        auto hurry = [&]() -> task<> {
            co_await coil::sleep(1ms);
            scope.request_stop(coil::stop_reason::requested);
            co_await coil::shield(coil::sleep(1ms));
            log.emplace_back("the soft stop did not pass");
            scope.request_stop(coil::stop_reason::shutdown, coil::stop_level::hard);
        };
        auto body = [](slow&) { return never(); };
        co_await coil::join(coil::with(slow{log}, body), hurry());
    };
    (void)co_await as_outcome(coil::race(whole(), never()));
    CHECK(log == words{"the soft stop did not pass", "hurried"});
}

#if COIL_EXCEPTIONS
COIL_TEST("law 6: dropped once on an error") {
    words log;
    auto body = [](resource&) -> task<> {
        co_await coil::yield_now();
        throw std::runtime_error("no");
    };
    const auto ended = co_await as_outcome(coil::with(resource(log, "r"), body));
    CHECK(ended.has_error());
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: a value beside an error of a join is dropped") {
    words log;
    auto fail = []() -> task<> {
        co_await coil::sleep(2ms);
        throw std::runtime_error("no");
    };
    const auto ended = co_await as_outcome(coil::join(open(log, 1ms), fail()));
    CHECK(ended.has_error());
    CHECK(log == dropped_once);
}

COIL_TEST("law 6: owned objects are dropped when the body fails") {
    words log;
    auto fail = [](words& l) -> task<> {
        co_await coil::own(resource(l, "r"));
        throw std::runtime_error("no");
    };
    const auto ended = co_await as_outcome(fail(log));
    CHECK(ended.has_error());
    CHECK(log == dropped_once);
}

namespace {
struct fails_to_drop {
    task<> async_drop() {
        co_await coil::yield_now();
        throw std::runtime_error("cannot close");
    }
};
coil::local_task<> drop_that_fails() {
    co_await coil::with(fails_to_drop(), [](fails_to_drop&) { return 1; });
}
coil::local_task<> owned_drop_that_fails() {
    co_await coil::own(fails_to_drop());
}
}  // namespace

TEST_CASE("law 6: a drop that throws ends the program with the type's name") {
    for (auto* const fatal : {&drop_that_fails, &owned_drop_that_fails}) {
        const std::string words = last_words_of(fatal);
        CHECK(says(words, "escaped from async_drop()"));
        CHECK(says(words, "by (anonymous namespace)::fails_to_drop\n") !=
              says(words, "by {anonymous}::fails_to_drop\n"));  // Clang's, GCC's
    }
}
#endif
