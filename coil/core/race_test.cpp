// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::race;
using coil::task;
using coil::yield_now;

namespace {

task<std::string> ask(std::string mirror, coil::clock::duration delay) {
    co_await coil::sleep(delay);
    co_return mirror;
}
task<> hang(words& log, std::string name) {
    const trace end(log, name);
    co_await never();
}
task<int> at_once(int value) {
    co_return value;
}
task<resource> open(words& log, std::string name, coil::clock::duration delay) {
    co_await coil::sleep(delay);
    co_return resource(log, std::move(name));
}

//! [a handler for each branch]
task<std::string> answer_or_excuse(task<std::string> question) {
    auto won = co_await race(std::move(question), coil::sleep(1s));
    co_return std::move(won).visit([](std::string answer) { return answer; },
                                   [] { return std::string("too late"); });
}
//! [a handler for each branch]

}  // namespace

COIL_TEST("race: the faster mirror") {
    //! [the faster mirror]
    auto fastest = co_await race(ask("Oslo", 30ms), ask("Rome", 20ms));
    CHECK(*fastest == "Rome");
    CHECK(fastest.index() == 1);
    //! [the faster mirror]
}

COIL_TEST("race: branches of several types are got by index") {
    auto won = co_await race(never(), at_once(3), ask("late", 1ms));
    REQUIRE(won.index() == 1);
    CHECK(won.get<1>() == 3);
}

COIL_TEST("race: the lowest index wins if several are ready at once") {
    auto won = co_await race(at_once(1), at_once(2));
    CHECK(won.index() == 0);
    CHECK(won.value() == 1);
}

COIL_TEST("race: beside what is ready it tells at once whether something is") {
    const coil::instant start = coil::now();
    auto ready = co_await race(at_once(1), at_once(0));
    CHECK(ready.index() == 0);
    auto not_yet = co_await race(ask("late", 1ms), at_once(0));
    CHECK(not_yet.index() == 1);
    CHECK(coil::now() == start);
}

COIL_TEST("race: a handler for each branch, of which the winner's is called") {
    std::string said = co_await answer_or_excuse(ask("Oslo", 30ms));
    CHECK(said == "Oslo");
    said = co_await answer_or_excuse(ask("Oslo", 3s));
    CHECK(said == "too late");
    auto number = [](int value) { return value; };
    const int seven = (co_await race(never(), at_once(7), at_once(8)))
                          .visit([] { return 0; }, number, number);
    CHECK(seven == 7);
}

COIL_TEST("race: a handler if nothing is ready, and async ones") {
    words log;
    auto take = [&](std::string value) -> task<> {
        co_await yield_now();
        log.push_back(std::move(value));
    };
    auto do_else = [&]() -> task<> {
        log.emplace_back("else");
        co_return;
    };
    const coil::instant start = coil::now();
    auto late = co_await race(ask("late", 1ms), coil::ready());
    co_await std::move(late).visit(take, do_else);
    CHECK(coil::now() == start);
    auto known = co_await race(coil::ready(std::string("known")), coil::ready());
    co_await std::move(known).visit(take, do_else);
    CHECK(log == words{"else", "known"});
}

COIL_TEST("race: every branch begins, even after a winner") {
    words log;
    auto note = [](words& l) -> task<> {
        l.emplace_back("began");
        co_await yield_now();
        l.emplace_back("went on");
    };
    co_await race(at_once(1), note(log));
    CHECK(log == words{"began"});
}

COIL_TEST("race: the losers have ended before it returns, the last begun first") {
    words log;
    co_await race(hang(log, "a"), give_way(1), hang(log, "b"));
    log.emplace_back("after");
    CHECK(log == words{"~b", "~a", "after"});
}

COIL_TEST("race: a branch that is stopped by itself does not win") {
    auto won = co_await race(coil::stop_here(), ask("value", 1ms));
    CHECK(won.index() == 1);
}

COIL_TEST("race: is stopped if every branch is") {
    const auto ended = co_await as_outcome(race(coil::stop_here(), coil::stop_here()));
    CHECK(ended.is_stopped());
}

COIL_TEST("race: a late value of a loser is dropped") {
    words log;
    co_await race(coil::sleep(1ms), open(log, "late", 1ms));
    CHECK(log == words{"drop late", "dropped late"});
}

COIL_TEST("race: the winner's value is not dropped") {
    words log;
    auto won = co_await race(open(log, "kept", 1ms), never());
    CHECK(log.empty());
    co_await won.get<0>().async_drop();
    CHECK(log == words{"drop kept", "dropped kept"});
}

COIL_TEST("race: references are passed through") {
    int number = 0;
    auto refer = [](int& n) -> task<int&> { co_return n; };
    auto won = co_await race(refer(number), never());
    CHECK(&won.get<0>() == &number);
}

COIL_TEST("race: in a loop loses nothing") {
    signal source;
    words log;
    auto produce = [&]() -> task<> {
        for (int i = 0; i < 4; ++i) {
            co_await coil::sleep(10ms);
            source.set(i);
        }
    };
    auto consume = [&]() -> task<> {
        for (int got = 0; got < 4;) {
            auto won = co_await race(source.wait(), coil::sleep(3ms));
            if (won.index() == 0) {
                log.push_back(std::to_string(won.get<0>()));
                ++got;
            }
        }
    };
    co_await coil::join(consume(), produce());
    CHECK(log == words{"0", "1", "2", "3"});
}

#if COIL_EXCEPTIONS
COIL_TEST("race: an error wins, too") {
    words log;
    auto fail = []() -> task<int> {
        co_await yield_now();
        throw std::runtime_error("won");
    };
    const auto ended = co_await as_outcome(race(fail(), hang(log, "loser")));
    CHECK(ended.has_error());
    CHECK(log == words{"~loser"});
}

COIL_TEST("race: a loser's error is dropped") {
    auto fail_when_stopped = []() -> task<int> {
        const auto stopped = co_await as_outcome(never());
        if (stopped.is_stopped()) throw std::runtime_error("late");
        co_return 1;
    };
    auto won = co_await race(fail_when_stopped(), at_once(2));
    CHECK(won.index() == 1);
}
#endif

COIL_TEST("fair_race: nobody is kept out") {
    int first = 0;
    int second = 0;
    //! [nobody is kept out]
    for (int i = 0; i < 1000; ++i) {
        auto won = co_await coil::fair_race(coil::ready(1), coil::ready(2));
        ++(won.index() == 0 ? first : second);
    }
    //! [nobody is kept out]
    CHECK(first > 400);
    CHECK(second > 400);
}

COIL_TEST("fair_race: what is ready later loses to what is ready now") {
    for (int i = 0; i < 20; ++i) {
        auto won = co_await coil::fair_race(yield_now(), coil::ready(2), never());
        CHECK(won.index() == 1);
    }
    const auto alone = co_await coil::fair_race(at_once(3));
    CHECK(*alone == 3);
}

COIL_TEST("fair_race: each branch begins, and all but the winner are stopped") {
    for (int i = 0; i < 20; ++i) {
        words log;
        auto won =
            co_await coil::fair_race(hang(log, "a"), coil::sleep(1ms), hang(log, "c"));
        CHECK(won.index() == 1);
        CHECK(log.size() == 2);
    }
}

COIL_TEST("when: branches with conditions") {
    words log;
    //! [branches with conditions]
    for (bool is_hurried : {false, true}) {
        auto won = co_await race(coil::when(is_hurried, coil::sleep(10ms)),
                                 ask("Oslo", 30ms), ask("Rome", 20ms));
        log.push_back(won.index() == 0 ? "in a hurry" : "not");
    }
    //! [branches with conditions]
    CHECK(log == words{"not", "in a hurry"});
}

COIL_TEST("when: a result that does not fit does not win") {
    auto is_short = [](const std::string& name) { return name.size() < 4; };
    auto won = co_await race(coil::when(is_short, ask("Stockholm", 10ms)),
                             coil::when(is_short, ask("Rom", 20ms)), coil::sleep(1s));
    REQUIRE(won.index() == 1);
    CHECK(won.get<1>() == "Rom");
}

COIL_TEST("when: a race that nobody is in is stopped, and tells so") {
    auto none = race(coil::when(false, at_once(1)),
                     coil::when([](int i) { return i > 7; }, at_once(2)));
    const auto ended = co_await as_outcome(std::move(none));
    CHECK(ended.is_stopped());
}

COIL_TEST("when: outside of a race it stops who awaits it, and hands on what fits") {
    CHECK(co_await coil::when(true, at_once(5)) == 5);
    CHECK(co_await coil::when([](int i) { return i == 5; }, at_once(5)) == 5);
    auto stopped = []() -> task<int> {
        co_return co_await coil::when(false, at_once(1));
    };
    CHECK((co_await as_outcome(stopped())).is_stopped());
}

#if COIL_EXCEPTIONS
COIL_TEST("when: errors are told, those of the condition, too") {
    auto throws = [](int) -> bool { throw std::runtime_error("asked"); };
    auto asked = co_await as_outcome(coil::when(throws, at_once(1)));
    CHECK_THROWS_WITH(asked.take(), "asked");
    auto fail = []() -> task<int> {
        co_await yield_now();
        throw std::runtime_error("failed");
    };
    auto failed = co_await as_outcome(coil::when([](int) { return false; }, fail()));
    CHECK_THROWS_WITH(failed.take(), "failed");
}
#endif
