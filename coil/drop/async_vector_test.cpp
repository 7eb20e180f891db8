// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/drop/async_box.hpp>
#include <coil/drop/async_vector.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <array>

using namespace coil::testing;
using coil::async_vector;
using coil::task;

namespace {

static_assert(coil::async_droppable<async_vector<resource>>);
static_assert(!std::is_copy_constructible_v<async_vector<resource>>);
static_assert(coil::sendable<async_vector<resource>>);

words dropped(std::initializer_list<const char*> names) {
    words list;
    for (const char* const name : names) {
        list.push_back(std::string("drop ") + name);
        list.push_back(std::string("dropped ") + name);
    }
    return list;
}
/// One that these tests drop by hand.
struct [[gsl::suppress("coil-async-drop")]] resources : async_vector<resource> {
    using async_vector::async_vector;
};
resources some(words& log, std::initializer_list<const char*> names) {
    resources all;
    for (const char* const name : names) all.emplace_back(log, name);
    return all;
}
std::string names_in(const async_vector<resource>& all) {
    std::string names;
    for (const resource& each : all) names += each.name();
    return names;
}

#if COIL_EXCEPTIONS
/// Logs why it was dropped.
struct [[gsl::suppress("coil-async-drop")]] reasoned {
    words* log;
    task<> async_drop(coil::exit_reason why) {
        using coil::exit_reason;
        co_await coil::yield_now();
        log->emplace_back(why == exit_reason::returned ? "returned"
                          : why == exit_reason::error  ? "error"
                                                       : "stopped");
    }
};
#endif

/// A type that holds some of itself.
struct tree {
    explicit tree(resource of) : name(std::move(of)) {}
    resource name;
    async_vector<tree> branches;
    task<> async_drop() {
        co_await branches.async_drop();
        co_await name.async_drop();
    }
};

}  // namespace

//! [a vector of connections]
task<> use_three(words& log) {
    auto& all = co_await coil::own(async_vector<resource>());
    for (const char* const name : {"a", "b", "c"}) all.push_back(resource(log, name));
    co_await all.pop_back();  // c is closed here
    log.emplace_back("end");
}  // and a and b here
//! [a vector of connections]

COIL_TEST("async_vector: drops its elements, the first first") {
    words log;
    co_await use_three(log);
    CHECK(log == words{"drop c", "dropped c", "end", "drop a", "dropped a", "drop b",
                       "dropped b"});
}

COIL_TEST("async_vector: the order is that in which std::vector destroys") {
    words plain;
    {
        std::vector<std::unique_ptr<trace>> all;
        for (const char* const name : {"a", "b"})
            all.push_back(std::make_unique<trace>(plain, name));
    }
    CHECK(plain == words{"~a", "~b"});
    words log;
    co_await some(log, {"a", "b"}).async_drop();
    CHECK(log == dropped({"a", "b"}));
}

COIL_TEST("async_vector: clear drops all, and it may be used again") {
    words log;
    auto all = some(log, {"a", "b"});
    co_await all.clear();
    CHECK(all.empty());
    all.emplace_back(log, "c");
    co_await all.clear();
    CHECK(log == dropped({"a", "b", "c"}));
}

COIL_TEST("async_vector: assign drops the old elements") {
    words log;
    auto all = some(log, {"a", "b"});
    co_await all.assign(some(log, {"c"}));
    CHECK(log == dropped({"a", "b"}));
    CHECK(names_in(all) == "c");
    co_await all.clear();
}

COIL_TEST("async_vector: erase drops one, and those behind it move on") {
    words log;
    auto all = some(log, {"a", "b", "c"});
    co_await all.erase(1);
    CHECK(log == dropped({"b"}));
    CHECK(names_in(all) == "ac");
    co_await all.erase(1);
    CHECK(names_in(all) == "a");
    co_await all.clear();
    CHECK(log == dropped({"b", "c", "a"}));
}

COIL_TEST("async_vector: nothing happens before it is awaited") {
    words log;
    auto all = some(log, {"a"});
    auto later = all.clear();
    CHECK(all.size() == 1);
    co_await std::move(later);
    CHECK(all.empty());
}

COIL_TEST("async_vector: others may use it while what it held is dropped") {
    words log;
    auto all = some(log, {"a", "b"});
    auto add = [](async_vector<resource>& to, words& l) -> task<> {
        to.emplace_back(l, "c");
        co_return;
    };
    co_await coil::join(all.clear(), add(all, log));
    CHECK(names_in(all) == "c");
    co_await all.clear();
    CHECK(log == dropped({"a", "b", "c"}));
}

COIL_TEST("async_vector: a stop lets it drop all, and ends after that") {
    words log;
    auto waits = [](words& l) -> task<> {
        auto& all = co_await coil::own(some(l, {"a", "b"}));
        co_await all.pop_back();
        co_await never();
    };
    co_await coil::race(waits(log), give_way(3));
    CHECK(log == dropped({"b", "a"}));
}

COIL_TEST("async_vector: a stop while an element is dropped loses nothing") {
    words log;
    auto all = some(log, {"a", "b", "c"});
    co_await coil::race(all.assign(some(log, {"d"})), coil::yield_now());
    CHECK(log == dropped({"a", "b", "c"}));
    CHECK(names_in(all) == "d");
    co_await all.clear();
}

#if COIL_EXCEPTIONS
COIL_TEST("async_vector: the elements are told why") {
    words log;
    auto fails = [](words& l) -> task<> {
        auto& all = co_await coil::own(async_vector<reasoned>());
        all.push_back(reasoned{&l});
        all.push_back(reasoned{&l});
        co_await all.pop_back();
        throw 1;
    };
    (void)co_await coil::as_outcome(fails(log));
    CHECK(log == words{"returned", "error"});
}
#endif

COIL_TEST("async_vector: release gives the elements away") {
    words log;
    auto all = some(log, {"a", "b"});
    auto given = all.release();
    CHECK(all.empty());
    co_await coil::drop(given);
    CHECK(log == dropped({"a", "b"}));
}

COIL_TEST("async_vector: one in another, and a type that holds some of itself") {
    words log;
    async_vector<async_vector<resource>> rows;
    rows.push_back(some(log, {"a"}));
    rows.push_back(some(log, {"b", "c"}));
    co_await rows.async_drop();
    CHECK(log == dropped({"a", "b", "c"}));
    log.clear();
    tree root(resource(log, "root"));
    root.branches.emplace_back(resource(log, "leaf"));
    co_await coil::drop(root);
    CHECK(log == dropped({"leaf", "root"}));
}

COIL_TEST("async_vector: a hundred thousand that end at once take no stack") {
    struct [[gsl::suppress("coil-async-drop")]] quick {
        int* count;
        auto async_drop() {
            ++*count;
            return std::suspend_never();
        }
    };
    int count = 0;
    [[gsl::suppress("coil-async-drop")]] async_vector<quick> many{
        std::vector<quick>(100'000, quick{&count})};
    co_await many.clear();
    CHECK(count == 100'000);
}

#if !defined(NDEBUG)
TEST_CASE("async_vector: one that is destroyed with elements in it ends the program") {
    const std::string text = last_words_of([]() -> coil::local_task<> {
        words log;
        const auto all = some(log, {"a"});
        co_return;
    });
    CHECK(says(text, "destroyed with values in it whose async drop nobody awaited"));
    CHECK(says(text, "resource"));
}

TEST_CASE("async_vector: a stop is no excuse for that") {
    const std::string text = last_words_of([]() -> coil::local_task<> {
        auto waits = [](words& l) -> task<> {
            auto all = some(l, {"a"});
            co_await never();
            co_await all.clear();
        };
        words log;
        co_await coil::race(waits(log), coil::yield_now());
    });
    CHECK(says(text, "destroyed with values in it whose async drop nobody awaited"));
}

TEST_CASE("async_vector: new elements that nobody awaited end the program, too") {
    const std::string text = last_words_of([]() -> coil::local_task<> {
        words log;
        resources all;
        {
            [[gsl::suppress("coil-unawaited")]] auto forgotten =
                all.assign(some(log, {"a"}));
            (void)forgotten;
        }
        co_return;
    });
    CHECK(says(text, "destroyed with values in it whose async drop nobody awaited"));
}
#endif
