// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the laws say of every awaitable, checked for each kind in the list.
#include <coil/runtime/skeleton_runtime.hpp>
#include <coil/testing/all_awaitables.hpp>
#include <coil/testing/test.hpp>

#include <algorithm>

using namespace coil::testing;
using coil::as_outcome;
using coil::local_task;

namespace {

coil::executor& here() {
    return coil::strand::current()->runs_on();
}
/// What was made has been dropped, once.
bool is_clean(const words& log) {
    return log.empty() || log == words{"drop r", "dropped r"};
}

local_task<> is_stopped_while_it_waits(kind of) {
    stage on(here());
    bool is_stopped = false;
    auto look = [&]() -> local_task<> {
        const auto ended = co_await as_outcome(of.await(on));
        is_stopped = ended.is_stopped();
    };
    const auto won = co_await coil::race(look(), give_way(6));
    CHECK(won.index() == 1);
    CHECK(is_stopped);
    CHECK(is_clean(on.log));
}

local_task<> ends_if_a_stop_came_first(kind of) {
    stage on(here());
    auto late = [&]() -> local_task<> {
        (void)co_await as_outcome(never());
        co_await of.await(on);
    };
    co_await coil::race(late(), give_way(1));
    CHECK(is_clean(on.log));
}

/// Is stopped at every suspension point, and again, hard, at every later one: during
/// the drops that the first stop began, too.
local_task<> may_be_stopped_twice_at_any_time(kind of) {
    constexpr int points = 10;
    for (int at = 0; at < points * points; ++at) {
        stage on(here());
        coil::context* scope = nullptr;
        auto work = [&]() -> local_task<> {
            scope = &co_await scope_here();
            (void)co_await as_outcome(of.await(on));
            scope = nullptr;
        };
        auto ask = [&]() -> local_task<> {
            for (int now = 0; scope != nullptr; co_await coil::yield_now(), ++now) {
                const auto why = coil::stop_reason::requested;
                if (now == at / points)
                    scope->request_stop(why, coil::stop_level::soft);
                if (now == at / points + at % points)
                    scope->request_stop(why, coil::stop_level::hard);
                REQUIRE(now < 3 * points);
            }
        };
        auto in_a_scope = coil::with_timeout(coil::clock::duration::max(), work());
        co_await coil::join(as_outcome(std::move(in_a_scope)), ask());
        // A hard stop ends the drop itself where it waits; it is not begun again.
        const auto drops = std::count(on.log.begin(), on.log.end(), "drop r");
        CHECK(drops == (on.log.empty() ? 0 : 1));
    }
}

local_task<> does_nothing_unless_awaited(kind of) {
    stage on(here());
    of.make_and_forget(on);
    co_await coil::yield_now();
    CHECK(on.log.size() <= 1);  // the argument of `drop` is lost, and says so
}

local_task<> ends_by_itself(kind of) {
    stage on(here());
    const auto ended = co_await as_outcome(of.await(on));
    CHECK(ended.has_value());
    CHECK(is_clean(on.log));
}

local_task<> works_in_combinators(kind of) {
    stage on(here());
    auto feed = [&]() -> local_task<> {  // two of them are awaited
        for (int i = 0; i < 20; ++i) {
            co_await coil::yield_now();
            (void)on.empty.try_receive();
            (void)on.filled.try_send(0);
            on.from_afar.set();
        }
    };
    co_await coil::join(of.combine(on), feed());
    words log = on.log;
    log.erase(std::remove(log.begin(), log.end(), "drop r"), log.end());
    log.erase(std::remove(log.begin(), log.end(), "dropped r"), log.end());
    CHECK(log.empty());
}

local_task<> may_lose_a_race_at_any_time(kind of) {
    for (int i = 0; i < 8; ++i) {
        stage on(here());
        co_await coil::race(give_way(i), of.await(on));
        CHECK(is_clean(on.log));
    }
    stage on(here());
    co_await of.lose_race(on);
    CHECK(is_clean(on.log));
}

local_task<> never_resumes_inside_another_piece(kind of) {
    stage on(here());
    bool is_resumed = false;
    auto wait = [&]() -> local_task<> {
        co_await of.await(on);
        is_resumed = true;
    };
    auto act = [&]() -> local_task<> {
        for (int i = 0; i < 8; ++i) {
            co_await coil::yield_now();
            const bool before = is_resumed;
            on.happened.set();
            on.from_afar.set();
            (void)on.filled.try_receive();
            (void)on.empty.try_send(1);
            CHECK(is_resumed == before);
        }
    };
    co_await coil::join(wait(), act());
    CHECK(is_resumed);
}

/// On the virtual-time runtime, and on a minimal one of real time.
void check(const kinds& all, local_task<> (*law)(kind)) {
    for (const kind& of : all) {
        CAPTURE(of.name);
        run_test(law(of));
        coil::skeleton_runtime skeleton;
        const auto ended = skeleton.run(law(of));
        CHECK(ended.has_value());
    }
}

}  // namespace

TEST_CASE("all awaitables: are stopped while they wait, and clean up") {
    check(all_that_wait(), &is_stopped_while_it_waits);
}
TEST_CASE("all awaitables: end if a stop came first") {
    check(all_that_wait(), &ends_if_a_stop_came_first);
    check(all_that_end(), &ends_if_a_stop_came_first);
}
TEST_CASE("all awaitables: do nothing unless they are awaited") {
    check(all_that_wait(), &does_nothing_unless_awaited);
    check(all_that_end(), &does_nothing_unless_awaited);
}
TEST_CASE("all awaitables: end by themselves") {
    check(all_that_end(), &ends_by_itself);
}
TEST_CASE("all awaitables: work in join, with_timeout and groups") {
    check(all_that_end(), &works_in_combinators);
}
TEST_CASE("all awaitables: may lose a race at any time") {
    check(all_that_wait(), &may_lose_a_race_at_any_time);
    check(all_that_end(), &may_lose_a_race_at_any_time);
}
TEST_CASE("all awaitables: may be stopped at any time, and once more, hard") {
    check(all_that_wait(), &may_be_stopped_twice_at_any_time);
    check(all_that_end(), &may_be_stopped_twice_at_any_time);
}
TEST_CASE("all awaitables: never resume inside the piece that completes them") {
    check(all_that_end(), &never_resumes_inside_another_piece);
}
