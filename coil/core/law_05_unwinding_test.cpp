// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 5: stop unwinds without exceptions, innermost first, from the strand's loop.
#include <coil/core/as_outcome.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

#include <exception>
#include <memory>
#include <stdexcept>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::task;

namespace {

task<> three_locals(words& log) {
    const trace a(log, "a");
    const trace b(log, "b");
    {
        const trace gone(log, "gone");
        co_await coil::yield_now();
    }
    const trace c(log, "c");
    co_await never();
}
task<> outer(words& log) {
    const trace end(log, "outer");
    co_await three_locals(log);
    log.emplace_back("not reached");
}

/// Commits unless its scope is left by an error or a stop.
struct guard {
    words& log;
    int errors = std::uncaught_exceptions();
    ~guard() {
        const bool fails = std::uncaught_exceptions() > errors || coil::is_unwinding();
        log.emplace_back(fails ? "roll back" : "commit");
    }
};
task<> guarded(words& log, bool hangs) {
    const guard local{log};
    if (hangs) co_await never();
}

}  // namespace

COIL_TEST("law 5: locals die innermost first, in the language's order") {
    words log;
    co_await coil::race(outer(log), give_way(2));
    CHECK(log == words{"~gone", "~c", "~b", "~a", "~outer"});
}

COIL_TEST(
    "law 5: parameters die after locals, arguments of the await after the frame") {
    words log;
    auto inner = [](words& l, std::unique_ptr<trace>) -> task<> {
        const trace local(l, "local");
        co_await never();
    };
    auto middle = [&]() -> task<> {
        const trace local(log, "middle");
        co_await inner(log, std::make_unique<trace>(log, "parameter"));
    };
    co_await coil::race(middle(), give_way(2));
    CHECK(log == words{"~local", "~parameter", "~middle"});
}

COIL_TEST("law 5: what was handed on ends with who has it now, and once") {
    words log;
    for (const bool is_handed_on : {true, false}) {
        auto keeper = std::unique_ptr<trace>();
        auto work = [&]() -> task<> {
            auto mine = std::make_unique<trace>(log, "object");
            const trace local(log, "local");
            if (is_handed_on) keeper = std::move(mine);
            co_await never();
        };
        co_await coil::race(work(), give_way(1));
        log.emplace_back("stopped");
    }
    CHECK(log == words{"~local", "stopped", "~object", "~local", "~object", "stopped"});
}

COIL_TEST("law 5: nothing is caught, and nothing is thrown") {
    words log;
    auto careful = [&]() -> task<> {
#if COIL_EXCEPTIONS
        try {
            co_await never();
        } catch (...) {
            log.emplace_back("caught");
        }
#else
        co_await never();
#endif
        log.emplace_back("not reached");
    };
    co_await coil::race(careful(), give_way(1));
    CHECK(log.empty());
}

COIL_TEST("law 5: is_unwinding tells a guard what uncaught_exceptions cannot") {
    words log;
    co_await coil::race(guarded(log, true), give_way(1));
    co_await guarded(log, false);
    CHECK(log == words{"roll back", "commit"});
    CHECK_FALSE(coil::is_unwinding());
}

COIL_TEST("law 5: a drop that runs while its parents are unwound is not unwinding") {
    words log;
    struct guarded_drop {
        words& log;
        task<> async_drop() {
            const guard local{log};
            co_await coil::yield_now();
        }
    };
    auto body = [](guarded_drop&) { return never(); };
    co_await coil::race(coil::with(guarded_drop{log}, body), give_way(1));
    CHECK(log == words{"commit"});
}

COIL_TEST("law 5: a child's end in time of its parent's stop is no unwinding") {
    words log;
    auto shielded = [&]() -> task<> {
        co_await coil::shield(guarded(log, false));
        const guard local{log};
        co_await never();
    };
    co_await coil::race(shielded(), give_way(1));
    CHECK(log == words{"commit", "roll back"});
}

COIL_TEST("law 5: each with on the way awaits its drop before the unwinding goes on") {
    words log;
    auto inner = [&](resource&) -> task<> {
        const trace end(log, "inner");
        co_await never();
    };
    auto middle = [&](resource&) -> task<> {
        const trace end(log, "middle");
        co_await coil::with(resource(log, "second"), inner);
    };
    auto whole = [&]() -> task<> {
        const trace end(log, "whole");
        co_await coil::with(resource(log, "first"), middle);
    };
    co_await coil::race(whole(), give_way(2));
    CHECK(log == words{"~inner", "drop second", "dropped second", "~middle",
                       "drop first", "dropped first", "~whole"});
}

#if COIL_EXCEPTIONS
namespace {
struct bomb {
    ~bomb() noexcept(false) { throw std::runtime_error("boom"); }
};
task<> holds_a_bomb() {
    const bomb local;
    co_await never();
}
coil::local_task<> bomb_under_a_stop() {
    co_await coil::race(holds_a_bomb(), give_way(1));
}
}  // namespace

TEST_CASE("law 5: a destructor that throws while stopped ends the program, by name") {
    const std::string words = last_words_of(&bomb_under_a_stop);
    CHECK(says(words, "a destructor threw while its coroutine was being stopped"));
    CHECK(says(words, "holds_a_bomb"));
}

COIL_TEST("law 5: a destructor that throws on an ordinary exit is an ordinary error") {
    auto ends = []() -> task<> {
        const bomb local;
        co_await coil::yield_now();
    };
    const auto ended = co_await as_outcome(ends());
    CHECK(ended.has_error());
}
#endif

COIL_TEST("law 5: frames that end in a branch die before their owner goes on") {
    words log;
    auto body = [&](resource&, std::unique_ptr<trace> = nullptr) -> task<> {
        co_await coil::yield_now();
    };
    auto call = [&](resource& r) { return body(r, std::make_unique<trace>(log, "p")); };
    co_await coil::with(resource(log, "r"), call);
    CHECK(log == words{"~p", "drop r", "dropped r"});
}
