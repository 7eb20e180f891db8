// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <memory>
#include <stdexcept>

using namespace coil::testing;
using coil::as_outcome;
using coil::outcome;
using coil::task;
using coil::yield_now;

namespace {

task<int> seven() {
    co_await yield_now();
    co_return 7;
}
task<> note(words& log, const char* before, const char* after) {
    log.emplace_back(before);
    co_await yield_now();
    log.emplace_back(after);
}

}  // namespace

COIL_TEST("as_outcome: a value is seen as a value") {
    outcome<int> ended = co_await as_outcome(seven());
    CHECK(ended.has_value());
    CHECK(ended.value() == 7);
    CHECK(ended.take() == 7);
}

COIL_TEST("as_outcome: a stop is seen as a value") {
    //! [a stop is seen as a value]
    const outcome<> ended = co_await as_outcome(coil::stop_here());
    CHECK(ended.is_stopped());
    //! [a stop is seen as a value]
}

#if COIL_EXCEPTIONS
COIL_TEST("as_outcome: an error is seen as a value, and thrown by take") {
    auto failing = []() -> task<int> {
        co_await yield_now();
        throw std::runtime_error("no");
    };
    outcome<int> ended = co_await as_outcome(failing());
    CHECK(ended.has_error());
    CHECK_THROWS_WITH(ended.take(), "no");
}
COIL_TEST("as_outcome: an error while beginning is an outcome") {
    struct refusing {
        bool await_ready() { throw std::runtime_error("refused"); }
        void await_suspend(std::coroutine_handle<>) {}
        void await_resume() {}
    };
    const outcome<> ended = co_await as_outcome(refusing());
    CHECK(ended.has_error());
}
#endif

COIL_TEST("as_outcome: passes references and move-only values through") {
    int number = 3;
    auto refer = [](int& n) -> task<int&> { co_return n; };
    outcome<int&> same = co_await as_outcome(refer(number));
    CHECK(&same.value() == &number);
    auto make = []() -> task<std::unique_ptr<int>> {
        co_return std::make_unique<int>(4);
    };
    auto owned = co_await as_outcome(make());
    CHECK(*owned.value() == 4);
}

COIL_TEST("as_outcome: a leaf that is ready does not suspend") {
    signal ready;
    ready.set(5);
    const int turns_before = ready.begun;
    auto ended = co_await as_outcome(ready.wait());
    CHECK(ended.value() == 5);
    CHECK(ready.begun == turns_before);
}

COIL_TEST("as_outcome: after a stop from outside the next leaf is stopped again") {
    words log;
    auto stubborn = [](words& l) -> task<> {
        const trace local(l, "stubborn");
        const outcome<> first = co_await as_outcome(never());
        l.emplace_back(first.is_stopped() ? "first stopped" : "first went on");
        const outcome<> second = co_await as_outcome(never());
        l.emplace_back(second.is_stopped() ? "second stopped" : "second went on");
        co_await yield_now();
        l.emplace_back("unreachable");
    };
    co_await coil::race(stubborn(log), give_way(1));
    CHECK(log == words{"first stopped", "second stopped", "~stubborn"});
}

COIL_TEST("shield: keeps a stop out") {
    words log;
    //! [a shield keeps a stop out]
    auto careful = [&log]() -> task<> {
        co_await coil::shield(note(log, "commit begins", "commit ends"));
        co_await yield_now();  // the stop acts here
        log.emplace_back("not reached");
    };
    co_await coil::race(careful(), coil::yield_now());
    CHECK(log == words{"commit begins", "commit ends"});
    //! [a shield keeps a stop out]
}

COIL_TEST("shield: what is stopped by itself inside ends the parent") {
    const auto ended = co_await as_outcome(coil::shield(coil::stop_here()));
    CHECK(ended.is_stopped());
}

COIL_TEST("shield: a hard stop passes") {
    words log;
    auto hold = [](words& l) -> task<> {
        const trace local(l, "held");
        co_await coil::shield(never());
    };
    auto hurry = [](coil::context& scope, words& l) -> task<> {
        co_await yield_now();
        scope.request_stop(coil::stop_reason::requested);
        co_await coil::shield(give_way(2));
        l.emplace_back("soft did not pass");
        scope.request_stop(coil::stop_reason::shutdown, coil::stop_level::hard);
    };
    auto both = [&](words& l) -> task<> {
        coil::context& scope = co_await scope_here();
        co_await coil::race(hold(l), hurry(scope, l));
    };
    auto ended = co_await as_outcome(both(log));
    CHECK(log == words{"soft did not pass", "~held"});
    CHECK(ended.has_value());
}
