// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/drop/async_map.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

using namespace coil::testing;
using coil::async_map;
using coil::task;

namespace {

/// One that these tests drop by hand.
struct [[gsl::suppress("coil-async-drop")]] sessions : async_map<int, resource> {
    using async_map::async_map;
};

static_assert(coil::async_droppable<sessions>);
static_assert(!std::is_copy_constructible_v<sessions>);
static_assert(coil::sendable<sessions>);

sessions two(words& log) {
    sessions all;
    all.try_emplace(2, log, "b");
    all.try_emplace(1, log, "a");
    return all;
}

}  // namespace

//! [sessions by number]
task<> serves(words& log) {
    auto& open = co_await coil::own(async_map<int, resource>());
    open.try_emplace(2, log, "b");
    open.try_emplace(1, log, "a");
    const bool was_there = co_await open.insert_or_assign(2, resource(log, "c"));
    log.emplace_back(was_there ? "b is closed" : "there was none");
    co_await open.erase(1);
    log.emplace_back("a is closed");
}  // closes c
//! [sessions by number]

COIL_TEST("async_map: what is replaced, erased or left is dropped") {
    words log;
    co_await serves(log);
    CHECK(log == words{"drop b", "dropped b", "b is closed", "drop a", "dropped a",
                       "a is closed", "drop c", "dropped c"});
}

COIL_TEST("async_map: drops in the order of the keys") {
    words log;
    auto all = two(log);
    co_await all.clear();
    CHECK(all.empty());
    CHECK(log == words{"drop a", "dropped a", "drop b", "dropped b"});
}

COIL_TEST("async_map: try_emplace destroys nothing") {
    words log;
    auto all = two(log);
    resource another(log, "c");
    const auto [found, is_new] = all.try_emplace(1, std::move(another));
    CHECK(!is_new);
    CHECK(found->second.name() == "a");
    co_await coil::drop(another);
    CHECK(log == words{"drop c", "dropped c"});
    co_await all.clear();
}

COIL_TEST("async_map: insert_or_assign and erase say whether there was one") {
    words log;
    sessions all;
    const bool was_there = co_await all.insert_or_assign(1, resource(log, "a"));
    CHECK(!was_there);
    CHECK(all.at(1).name() == "a");
    const bool was_erased = co_await all.erase(1);
    CHECK(was_erased);
    const bool was_erased_again = co_await all.erase(1);
    CHECK(!was_erased_again);
    CHECK(log == words{"drop a", "dropped a"});
}

COIL_TEST("async_map: a stop while the old one is dropped keeps the new one") {
    words log;
    auto all = two(log);
    co_await coil::race(all.insert_or_assign(1, resource(log, "c")), coil::yield_now());
    CHECK(log == words{"drop a", "dropped a"});
    CHECK(all.at(1).name() == "c");
    co_await all.clear();
}

COIL_TEST("async_map: others may use a key while its old object is dropped") {
    words log;
    auto all = two(log);
    auto looks = [](sessions& in, words& l) -> task<> {
        l.emplace_back(in.contains(1) ? "still there" : "gone");
        in.try_emplace(1, l, "c");
        co_return;
    };
    co_await coil::join(all.erase(1), looks(all, log));
    CHECK(log == words{"drop a", "gone", "dropped a"});
    CHECK(all.size() == 2);
    co_await all.clear();
}

COIL_TEST("async_map: extract gives an object away") {
    words log;
    auto all = two(log);
    auto given = all.extract(2);
    CHECK(!all.contains(2));
    co_await coil::drop(given);
    CHECK(log == words{"drop b", "dropped b"});
    CHECK(!all.extract(2).has_value());
    co_await all.clear();
}

#if !defined(NDEBUG)
TEST_CASE("async_map: one that is destroyed with objects in it ends the program") {
    const std::string text = last_words([] {
        words log;
        const auto all = two(log);
    });
    CHECK(says(text, "destroyed with values in it whose async drop nobody awaited"));
}
#endif
