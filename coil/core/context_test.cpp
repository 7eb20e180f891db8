// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/context.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

using namespace coil::testing;
using coil::as_outcome;
using coil::context;
using coil::stop_level;
using coil::stop_reason;
using coil::task;

namespace {

/// Runs `act(scope)` beside `work`, in a scope of their own.
template <class Work, class Act>
coil::local_task<> beside(Work work, Act act) {
    auto inside = [&]() -> coil::local_task<> {
        context& scope = co_await scope_here();
        auto act_later = [&]() -> task<> {
            co_await coil::yield_now();
            act(scope);
        };
        co_await coil::join(std::move(work), act_later());
    };
    (void)co_await as_outcome(coil::race(inside(), never()));
}
task<> hang(words& log) {
    const trace end(log, "hang");
    co_await never();
}

}  // namespace

COIL_TEST("context: a request only marks; it is delivered after the piece") {
    words log;
    co_await beside(hang(log), [&](context& scope) {
        scope.request_stop(stop_reason::requested);
        log.emplace_back("requested");
        CHECK(scope.stop_requested());
    });
    CHECK(log == words{"requested", "~hang"});
}

COIL_TEST("context: the first reason stands, the harder level wins") {
    words log;
    co_await beside(hang(log), [](context& scope) {
        CHECK(scope.level() == stop_level::none);
        CHECK(scope.reason() == stop_reason::none);
        scope.request_stop(stop_reason::timed_out);
        scope.request_stop(stop_reason::shutdown);
        CHECK(scope.reason() == stop_reason::timed_out);
        CHECK(scope.level() == stop_level::soft);
        scope.request_stop(stop_reason::shutdown, stop_level::hard);
        CHECK(scope.reason() == stop_reason::timed_out);
        CHECK(scope.level() == stop_level::hard);
    });
    CHECK(log == words{"~hang"});
}

COIL_TEST("context: a request reaches what is nested, with its reason") {
    words log;
    auto nested = [&]() -> task<> {
        (void)co_await as_outcome(coil::join(never(), never()));
        const context& scope = co_await scope_here();
        log.emplace_back(scope.reason() == stop_reason::timed_out ? "timed out" : "?");
    };
    co_await beside(nested(),
                    [](context& scope) { scope.request_stop(stop_reason::timed_out); });
    CHECK(log == words{"timed out"});
}

COIL_TEST("context: a request does not reach what is outside") {
    const auto won = co_await coil::race(coil::yield_now(), never());
    CHECK(won.index() == 0);
    const context& outside = co_await scope_here();
    CHECK_FALSE(outside.stop_requested());
    co_await coil::yield_now();
}

COIL_TEST("context: a stop that is requested and not delivered is seen in the depth") {
    bool is_seen = false;
    auto nested = [&](context& outer) -> task<> {
        outer.request_stop(stop_reason::requested);
        const bool seen = co_await coil::stop_requested();
        is_seen = seen;
    };
    auto middle = [&](context& outer) -> task<> {
        co_await coil::join(coil::join(nested(outer)));
    };
    auto outermost = [&]() -> task<> {
        context& scope = co_await scope_here();
        co_await middle(scope);
    };
    co_await coil::race(outermost(), never());
    CHECK(is_seen);
}

COIL_TEST("context: an undelivered soft stop is not seen through a shield") {
    words log;
    auto inside = [&](context& outer) -> task<> {
        outer.request_stop(stop_reason::requested);
        co_await coil::shield(give_way(3));
        log.emplace_back("shielded work ends");
        co_await coil::yield_now();
        log.emplace_back("not reached");
    };
    auto outermost = [&]() -> task<> {
        context& scope = co_await scope_here();
        co_await coil::join(inside(scope));
    };
    (void)co_await as_outcome(coil::race(outermost(), never()));
    CHECK(log == words{"shielded work ends"});
}

COIL_TEST("context: what is nested under a stop is stopped from its beginning") {
    bool is_seen = false;
    auto later = [&]() -> task<> {
        (void)co_await as_outcome(never());
        auto look = [&]() -> task<> {
            const bool seen = co_await coil::stop_requested();
            is_seen = seen;
        };
        co_await coil::join(look());
    };
    co_await coil::race(later(), coil::yield_now());
    CHECK(is_seen);
}
