// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::group;
using coil::task;
using coil::with_group;
using coil::yield_now;

namespace {

task<> note(words& log, std::string name, coil::clock::duration pause) {
    const trace end(log, name);
    co_await coil::sleep(pause);
    log.push_back(name + " done");
}
task<> hang(words& log, std::string name) {
    const trace end(log, name);
    co_await never();
}
#if COIL_EXCEPTIONS
task<> fail_after(coil::clock::duration pause, const char* what) {
    co_await coil::sleep(pause);
    throw std::runtime_error(what);
}
#endif

}  // namespace

COIL_TEST("group: serve until told to stop") {
    words log;
    auto connection = [](words& l, int id) -> task<> {
        co_await coil::sleep(std::chrono::milliseconds(10 * id));
        l.push_back("served " + std::to_string(id));
    };
    //! [serve until told to stop]
    auto server = with_group([&](group& connections) -> task<> {
        for (int id = 1;; ++id) {
            co_await coil::sleep(1ms);  // accept
            connections.spawn(connection(log, id));
        }
    });
    co_await coil::race(std::move(server), coil::sleep(25ms));
    CHECK(log == words{"served 1", "served 2"});  // the others were stopped
    //! [serve until told to stop]
}

COIL_TEST("group: returns when all children have ended, with the body's value") {
    words log;
    const int value = co_await with_group([&](group& g) -> task<int> {
        g.spawn(note(log, "slow", 20ms));
        g.spawn(note(log, "fast", 10ms));
        co_await yield_now();
        log.emplace_back("body");
        co_return 3;
    });
    CHECK(value == 3);
    CHECK(log == words{"body", "fast done", "~fast", "slow done", "~slow"});
}

COIL_TEST("group: the body may be a plain function") {
    words log;
    co_await with_group([&](group& g) { g.spawn(note(log, "a", 1ms)); });
    CHECK(log == words{"a done", "~a"});
}

COIL_TEST("group: without children it is its body") {
    const int one = co_await with_group([](group&) { return 1; });
    CHECK(one == 1);
}

COIL_TEST("group: children may borrow what outlives the block") {
    int sum = 0;
    co_await with_group([&](group& g) -> task<> {
        auto add = [](int& to, int n) -> task<> {
            co_await yield_now();
            to += n;
        };
        for (int i = 1; i <= 10; ++i) g.spawn(add(sum, i));
        co_return;
    });
    CHECK(sum == 55);
}

COIL_TEST("group: children may spawn siblings") {
    words log;
    co_await with_group([&](group& g) {
        auto parent = [](group& of, words& l) -> task<> {
            co_await yield_now();
            of.spawn(note(l, "grandchild", 5ms));
        };
        g.spawn(parent(g, log));
    });
    CHECK(log == words{"grandchild done", "~grandchild"});
}

COIL_TEST("group: a child may be bound to this executor") {
    words log;
    auto here = [&](coil::strand* parent) -> coil::local_task<> {
        co_await yield_now();
        CHECK(&coil::strand::current()->runs_on() == &parent->runs_on());
        log.emplace_back("local child");
    };
    co_await with_group([&](group& g) { g.spawn(here(coil::strand::current())); });
    CHECK(log == words{"local child"});
}

COIL_TEST("group: a limit holds children back, in order") {
    words log;
    co_await with_group({.limit = 2}, [&](group& g) {
        for (int i = 0; i < 4; ++i) {
            g.spawn(note(log, std::to_string(i), std::chrono::milliseconds(10 - i)));
        }
        CHECK(g.stats().running == 2);
        CHECK(g.stats().waiting == 2);
    });
    CHECK(log == words{"1 done", "~1", "0 done", "~0", "2 done", "~2", "3 done", "~3"});
}

COIL_TEST("group: a stop from outside reaches body and children") {
    words log;
    auto body = [&](group& g) -> task<> {
        const trace end(log, "body");
        g.spawn(hang(log, "child"));
        co_await never();
    };
    co_await coil::race(with_group(body), coil::sleep(1ms));
    CHECK(log == words{"~body", "~child"});
}

COIL_TEST("group: under a stop that came before, it is stopped with its children") {
    words log;
    auto late = [](words& l) -> task<> {
        (void)co_await as_outcome(never());
        co_await with_group([&l](group& g) { g.spawn(hang(l, "child")); });
        l.push_back("went on");
    };
    co_await coil::race(late(log), give_way(1));
    CHECK(log == words{"~child"});
}

COIL_TEST("group: a stop reaches the children while only they are left") {
    words log;
    auto body = [&](group& g) { g.spawn(hang(log, "child")); };
    auto whole = [&]() -> task<> {
        const trace end(log, "whole");
        co_await with_group(body);
    };
    co_await coil::race(whole(), coil::sleep(1ms));
    CHECK(log == words{"~child", "~whole"});
}

COIL_TEST("group: a stop while children drain does not deadlock with their drops") {
    words log;
    auto child = [](words& l) -> task<> {
        co_await coil::with(resource(l, "conn"), [](resource&) { return never(); });
    };
    auto whole = with_group([&](group& g) { g.spawn(child(log)); });
    co_await coil::race(std::move(whole), coil::sleep(1ms));
    CHECK(log == words{"drop conn", "dropped conn"});
}

COIL_TEST("group: a stop lets held back children begin, to end at their first leaf") {
    words log;
    auto body = [&](group& g) {
        g.spawn(hang(log, "running"));
        g.spawn(hang(log, "held back"));
    };
    co_await coil::race(with_group({.limit = 1}, body), coil::sleep(1ms));
    CHECK(log == words{"~running", "~held back"});
}

COIL_TEST("group: request_stop stops the children only") {
    words log;
    const int value = co_await with_group([&](group& g) -> task<int> {
        g.spawn(hang(log, "child"));
        co_await yield_now();
        g.request_stop();
        co_await coil::sleep(1ms);
        log.emplace_back("body goes on");
        co_return 2;
    });
    CHECK(value == 2);
    CHECK(log == words{"~child", "body goes on"});
}

COIL_TEST("group: a child that stops by itself disturbs nobody") {
    words log;
    co_await with_group([&](group& g) {
        g.spawn(coil::stop_here());
        g.spawn(note(log, "other", 1ms));
    });
    CHECK(log == words{"other done", "~other"});
}

COIL_TEST("group: a body that stops stops the children") {
    words log;
    auto body = [&](group& g) -> task<> {
        g.spawn(hang(log, "child"));
        co_await coil::stop_here();
    };
    const auto ended = co_await as_outcome(with_group(body));
    CHECK(ended.is_stopped());
    CHECK(log == words{"~child"});
}

COIL_TEST("group: a stop while children drain drops the body's value") {
    words log;
    auto body = [&](group& g) -> task<resource> {
        g.spawn(hang(log, "child"));
        co_return resource(log, "value");
    };
    co_await coil::race(with_group(body), coil::sleep(1ms));
    CHECK(log == words{"~child", "drop value", "dropped value"});
}

COIL_TEST("group: groups nest") {
    words log;
    auto inner = [](words& l) -> task<> {
        co_await with_group([&](group& g) { g.spawn(hang(l, "inner child")); });
    };
    auto outer = [&](group& g) { g.spawn(inner(log)); };
    co_await coil::race(with_group(outer), coil::sleep(1ms));
    CHECK(log == words{"~inner child"});
}

#if COIL_EXCEPTIONS
COIL_TEST("group: an error of a child stops its siblings and the body") {
    words log;
    auto body = [&](group& g) -> task<> {
        const trace end(log, "body");
        g.spawn(hang(log, "sibling"));
        g.spawn(fail_after(1ms, "child failed"));
        co_await never();
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "child failed");
    CHECK(log == words{"~body", "~sibling"});
}

COIL_TEST("group: an error of the body stops the children") {
    words log;
    auto body = [&](group& g) -> task<> {
        g.spawn(hang(log, "child"));
        co_await yield_now();
        throw std::runtime_error("body failed");
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "body failed");
    CHECK(log == words{"~child"});
}

COIL_TEST("group: a child's error beside the body's value drops the value") {
    words log;
    auto body = [&](group& g) -> task<resource> {
        g.spawn(fail_after(1ms, "late"));
        co_return resource(log, "value");
    };
    const auto ended = co_await as_outcome(with_group(body));
    CHECK(ended.has_error());
    CHECK(log == words{"drop value", "dropped value"});
}

COIL_TEST("group: later errors are counted") {
    std::size_t suppressed = 0;
    auto fail_when_stopped = [](group& g, std::size_t& count) -> task<> {
        (void)co_await as_outcome(never());
        count = g.stats().suppressed + 1;
        throw std::runtime_error("second");
    };
    auto body = [&](group& g) {
        g.spawn(fail_when_stopped(g, suppressed));
        g.spawn(fail_after(1ms, "first"));
    };
    auto ended = co_await as_outcome(with_group(body));
    CHECK_THROWS_WITH(ended.take(), "first");
    CHECK(suppressed == 1);
}
#endif

COIL_TEST("with_group: request_stop reaches children that are spawned later, too") {
    const auto start = coil::now();
    co_await coil::with_group([](coil::group& g) {
        g.request_stop();
        g.spawn(coil::sleep(1h));
    });
    CHECK(coil::now() == start);
}

COIL_TEST("with_group: children that end by themselves in spite of a stop deliver") {
    auto body = [](coil::group& g) -> task<int> {
        g.spawn(coil::shield(coil::sleep(10ms)));
        co_return 4;
    };
    const auto given = co_await coil::with_timeout(1ms, coil::with_group(body));
    CHECK(given == 4);
}

COIL_TEST("with_group: what is spawned as the last child ends is joined as well") {
    words log;
    coil::event go;
    coil::group* inner = nullptr;
    auto wait = [](coil::event& of) -> task<> { co_await of.wait(); };
    auto late = [&]() -> task<> {
        co_await coil::sleep(1s);
        log.emplace_back("late child");
    };
    auto holds = [&]() -> task<> {
        co_await coil::with_group([&](coil::group& g) {
            inner = &g;
            g.spawn(wait(go));
        });
        inner = nullptr;
        log.emplace_back("group ended");
    };
    auto spawns = [&]() -> task<> {
        go.set();
        co_await coil::yield_now();
        if (inner != nullptr) inner->spawn(late());
    };
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(holds());
        g.spawn(spawns());
    });
    CHECK(log == words{"late child", "group ended"});
}

TEST_CASE("with_group: a limit of none is a mistake") {
    const std::string said = coil::testing::last_words_of([]() -> coil::local_task<> {
        co_await coil::with_group({.limit = 0}, [](coil::group&) {});
    });
    CHECK(coil::testing::says(said, "a group runs at least one child at a time"));
}

#if COIL_EXCEPTIONS
COIL_TEST("with_group: errors after the first are counted") {
    std::size_t suppressed = 0;
    auto fail = []() -> task<> {
        co_await coil::yield_now();
        throw std::runtime_error("failed");
    };
    auto body = [&](coil::group& g) -> task<> {
        for (int i = 0; i < 3; ++i) g.spawn(fail());
        co_await coil::shield(coil::sleep(1s));
        suppressed = g.stats().suppressed;
    };
    const auto ended = co_await as_outcome(coil::with_group(body));
    CHECK(ended.has_error());
    CHECK(suppressed == 2);
}
#endif
