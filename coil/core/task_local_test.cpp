// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/task_local.hpp>
#include <coil/core/with.hpp>
#include <coil/core/yield.hpp>
#include <coil/testing/leaves.hpp>
#include <coil/testing/test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace coil;
using testing::give_way;
using testing::words;

namespace {

//! [a request's name]
inline constexpr task_local<std::string> request_id;

task<std::string> tag(std::string line) {
    if (const std::string* id = co_await value_of(request_id)) line = *id + ": " + line;
    co_return line;
}
// Knows nothing of it, and passes nothing on.
task<std::string> look_up(int user) {
    co_return co_await tag("user " + std::to_string(user));
}
task<std::string> serve(std::string id, int user) {
    co_return co_await with_value(request_id, std::move(id), look_up(user));
}
//! [a request's name]

constexpr task_local<int> depth;

/// The value here; 0 for none.
task<int> depth_here() {
    const int* const here = co_await value_of(depth);
    co_return here == nullptr ? 0 : *here;
}
task<int> depth_later(int turns) {
    co_await give_way(turns);
    co_return co_await depth_here();
}

}  // namespace

COIL_TEST("task_local: is seen by what is awaited, and nowhere else") {
    CHECK(co_await look_up(1) == "user 1");
    CHECK(co_await serve("abc", 2) == "abc: user 2");
    CHECK(co_await look_up(3) == "user 3");
    CHECK(co_await value_of(request_id) == nullptr);
}

COIL_TEST("task_local: an inner value takes the place of an outer one, until it ends") {
    words log;
    auto note = [&]() -> task<> {
        log.push_back(std::to_string(co_await depth_here()));
    };
    auto inner = [&]() -> task<> {
        co_await note();
        co_await with_value(depth, 2, note());
        co_await with_value(request_id, "other", note());
        co_await with_value(depth, 3, with_value(depth, 4, note()));
        co_await note();
    };
    co_await with_value(depth, 1, inner());
    co_await note();
    CHECK(log == words{"1", "2", "1", "4", "1", "0"});
}

COIL_TEST("task_local: the value lies in the scope, and is read in place") {
    auto same = []() -> task<bool> {
        const std::string* const before = co_await value_of(request_id);
        co_await yield_now();
        co_return before == co_await value_of(request_id);
    };
    CHECK(co_await with_value(request_id, "abc", same()));
}

COIL_TEST("task_local: branches see the value around them, each its own inner one") {
    auto nested = []() -> task<int> {
        const auto [a, b, c] = co_await join(
            depth_later(2), with_value(depth, 20, depth_later(1)), depth_later(0));
        co_return a * 10000 + b * 100 + c;
    };
    CHECK(co_await with_value(depth, 10, nested()) == 102010);
    const auto won = co_await with_value(
        depth, 3, race(depth_later(4), with_value(depth, 5, depth_later(1))));
    CHECK(won.index() == 1);
    CHECK(won.get<1>() == 5);
}

COIL_TEST("task_local: a stop ends the scope, and its drops see the value") {
    struct resource {
        int* seen;
        task<> async_drop() {
            co_await yield_now();
            *seen = co_await depth_here();
        }
    };
    int seen_by_with = 0;
    int seen_by_own = 0;
    auto use = [&]() -> task<> {
        co_await own(resource{&seen_by_own});
        co_await with([&] { return resource{&seen_by_with}; },
                      [](resource&) { return testing::never(); });
    };
    auto ended = co_await join_outcomes(race(with_value(depth, 7, use()), give_way(3)),
                                        depth_later(5));
    CHECK(seen_by_with == 7);
    CHECK(seen_by_own == 7);
    CHECK(std::get<1>(ended).take() == 0);
    const auto stopped = co_await as_outcome(with_value(depth, 8, stop_here()));
    CHECK(stopped.is_stopped());
    CHECK(co_await depth_here() == 0);
}

#if COIL_EXCEPTIONS
COIL_TEST("task_local: an error passes, and the outer value is back") {
    auto fail = []() -> task<> {
        co_await yield_now();
        throw std::runtime_error("failed");
    };
    auto outer = [&]() -> task<std::string> {
        std::string caught;
        try {
            co_await with_value(depth, 2, fail());
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        co_return caught + std::to_string(co_await depth_here());
    };
    CHECK(co_await with_value(depth, 1, outer()) == "failed1");
}
#endif

COIL_TEST("task_local: children see the values around their group") {
    words log;
    auto note = [&log](std::string who) -> task<> {
        co_await yield_now();
        log.push_back(who + std::to_string(co_await depth_here()));
    };
    auto family = [&note](group& g) -> task<> {
        g.spawn(note("child "));
        //! [a value for one child]
        g.spawn(with_value(depth, 2, note("renamed child ")));
        //! [a value for one child]
        // It is spawned in a scope that ends before it does.
        auto spawn_one = [](group& in, task<> work) -> task<> {
            in.spawn(std::move(work));
            co_return;
        };
        co_await with_value(depth, 3, spawn_one(g, note("late child ")));
        g.spawn(
            with_group([&note](group& inner) { inner.spawn(note("grandchild ")); }));
    };
    co_await with_value(depth, 1, with_group(family));
    CHECK(log == words{"child 1", "renamed child 2", "late child 1", "grandchild 1"});
}

COIL_TEST("task_local: it is seen through what is called, and shielded") {
    auto call = call_once([] { return depth_here(); });
    CHECK(co_await with_value(depth, 1, std::move(call)) == 1);
    CHECK(co_await with_value(depth, 2, shield(depth_here())) == 2);
    CHECK(co_await with_value(depth, 3, value_of(depth)) != nullptr);
}

namespace {

struct widget {
    static constexpr bool is_local = true;
    int id = 0;
};
constexpr task_local<widget> shown;

}  // namespace

COIL_TEST("task_local: a value that stays is for local tasks") {
    auto id_here = []() -> local_task<int> {
        const widget* const here = co_await value_of(shown);
        co_return here == nullptr ? 0 : here->id;
    };
    CHECK(co_await with_value(shown, {.id = 7}, id_here()) == 7);
    int seen = 0;
    auto child = [&]() -> local_task<> { seen = co_await id_here(); };
    auto family = with_group([&](group& g) { g.spawn(child()); });
    co_await with_value(shown, {.id = 8}, std::move(family));
    CHECK(seen == 8);
    static_assert(is_local_v<decltype(with_value(shown, {}, yield_now()))>);
    static_assert(is_local_v<decltype(value_of(shown))>);
    static_assert(!is_local_v<decltype(with_value(depth, 1, yield_now()))>);
    static_assert(is_local_v<decltype(with_value(depth, 1, id_here()))>);
}

COIL_TEST("task_local: a thousand scopes deep, the outermost is found") {
    struct deep {
        static task<int> go(int left) {
            if (left == 0) {
                const std::string* const id = co_await value_of(request_id);
                const int at = co_await depth_here();
                co_return id == nullptr ? -1 : at;
            }
            co_return co_await with_value(depth, left, go(left - 1));
        }
    };
    CHECK(co_await with_value(request_id, "abc", deep::go(1000)) == 1);
}

static_assert(sizeof(context) == 9 * sizeof(void*), "no word more for task-locals");
