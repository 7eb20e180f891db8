// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <stdexcept>

using namespace coil::testing;
using coil::as_outcome;
using coil::exit_reason;
using coil::own;
using coil::owned;
using coil::task;
using coil::yield_now;

namespace {

//! [an owned parameter]
task<int> serve(words& log, owned<resource> r) {
    const trace local(log, "local");
    co_await yield_now();
    log.push_back("serve " + r->name());
    co_return 1;
}
//! [an owned parameter]

task<> two(words& log) {
    const trace first(log, "first local");
    co_await own(resource(log, "a"));
    const trace second(log, "second local");
    co_await own(resource(log, "b"));
    co_await yield_now();
    log.emplace_back("body ends");
}
task<> hang(words& log) {
    const trace local(log, "local");
    co_await own(resource(log, "a"));
    co_await own(resource(log, "b"));
    co_await never();
}
task<> hang_with(words& log, owned<resource> r) {
    const trace local(log, r->name());
    co_await never();
}

/// Logs why it was dropped.
struct reasoned {
    words* log;
    task<> async_drop(exit_reason why) {
        co_await yield_now();
        log->emplace_back(why == exit_reason::returned ? "returned"
                          : why == exit_reason::error  ? "error"
                                                       : "stopped");
    }
};

}  // namespace

COIL_TEST("own: in straight-line code") {
    words log;
    //! [own in straight-line code]
    auto session = [](words& l) -> task<> {
        resource& connection = co_await own(resource(l, "connection"));
        resource& file = co_await own(resource(l, "file"));
        l.push_back("copy " + file.name() + " to " + connection.name());
    };
    co_await session(log);
    CHECK(log == words{"copy file to connection", "drop file", "dropped file",
                       "drop connection", "dropped connection"});
    //! [own in straight-line code]
}

COIL_TEST("own: drops after the locals, in reverse order") {
    words log;
    co_await two(log);
    CHECK(log == words{"body ends", "~second local", "~first local", "drop b",
                       "dropped b", "drop a", "dropped a"});
}

COIL_TEST("own: a stop destroys the locals, drops, and goes on") {
    words log;
    auto outer = [&]() -> task<> {
        const trace end(log, "outer");
        co_await hang(log);
    };
    co_await coil::race(outer(), give_way(2));
    CHECK(log ==
          words{"~local", "drop b", "dropped b", "drop a", "dropped a", "~outer"});
}

COIL_TEST("own: a stop during the drop does not end the drop") {
    words log;
    co_await coil::race(two(log), give_way(2));
    CHECK(log == words{"body ends", "~second local", "~first local", "drop b",
                       "dropped b", "drop a", "dropped a"});
}

COIL_TEST("own: a value passes the drops") {
    words log;
    auto answer = [](words& l) -> task<int> {
        co_await own(resource(l, "r"));
        co_return 42;
    };
    const int value = co_await answer(log);
    CHECK(value == 42);
    CHECK(log == words{"drop r", "dropped r"});
}

COIL_TEST("own: the drop is told how the coroutine ended") {
    words log;
    auto end = [](words& l, int how) -> task<> {
        co_await own(reasoned{&l});
        if (how == 0) co_return;
        if (how == 1) co_await never();
#if COIL_EXCEPTIONS
        throw std::runtime_error("no");
#endif
    };
    co_await end(log, 0);
    co_await coil::race(end(log, 1), give_way(1));
#if COIL_EXCEPTIONS
    const auto failed = co_await as_outcome(end(log, 2));
    CHECK(failed.has_error());
    CHECK(log == words{"returned", "stopped", "error"});
#else
    CHECK(log == words{"returned", "stopped"});
#endif
}

COIL_TEST("own: a hundred objects are dropped without recursion in between") {
    words log;
    auto many = [](words& l) -> task<> {
        for (int i = 0; i < 100; ++i) co_await own(resource(l, std::to_string(i)));
    };
    co_await many(log);
    REQUIRE(log.size() == 200);
    CHECK(log.front() == "drop 99");
    CHECK(log.back() == "dropped 0");
}

COIL_TEST("own: a drop that ends at once works, too") {
    words log;
    struct instant_drop {
        words* log;
        task<> async_drop() {
            log->emplace_back("dropped");
            co_return;
        }
    };
    auto several = [](words& l) -> task<> {
        co_await own(instant_drop{&l});
        co_await own(instant_drop{&l});
        co_await own(instant_drop{&l});
    };
    co_await several(log);
    CHECK(log == words{"dropped", "dropped", "dropped"});
}

COIL_TEST("owned: a parameter is dropped after the locals") {
    words log;
    const int one = co_await serve(log, resource(log, "r"));
    CHECK(one == 1);
    CHECK(log == words{"serve r", "~local", "drop r", "dropped r"});
}

COIL_TEST("owned: a parameter is dropped on a stop, after the locals") {
    words log;
    co_await coil::race(hang_with(log, resource(log, "r")), give_way(1));
    CHECK(log == words{"~r", "drop r", "dropped r"});
}

COIL_TEST("owned: parameters and owned objects are dropped in reverse order") {
    words log;
    auto both = [](words& l, owned<resource>, owned<resource>) -> task<> {
        co_await own(resource(l, "c"));
        co_await yield_now();
    };
    co_await both(log, resource(log, "a"), resource(log, "b"));
    CHECK(log ==
          words{"drop c", "dropped c", "drop b", "dropped b", "drop a", "dropped a"});
}

COIL_TEST("owned: the object may be handed on") {
    words log;
    auto outer = [](words& l, owned<resource> r) -> task<> {
        const int one = co_await serve(l, std::move(*r));
        l.push_back("outer " + std::to_string(one));
    };
    co_await outer(log, resource(log, "r"));
    CHECK(log == words{"serve r", "~local", "drop r", "dropped r", "outer 1"});
}

namespace {
coil::local_task<> hand_on() {
    words log;
    auto inner = [](owned<resource>) -> task<> { co_await yield_now(); };
    auto outer = [&inner](owned<resource> r) -> task<> {
        co_await inner(std::move(r));
    };
    co_await outer(resource(log, "r"));
}
coil::local_task<> forget() {
    words log;
    [[maybe_unused]] auto serving = hang_with(log, resource(log, "r"));
    co_await yield_now();
}
}  // namespace

TEST_CASE("owned: handing the parameter itself on ends the program") {
    CHECK(says(last_words_of(&hand_on), "an owned parameter stays"));
}

#if !defined(NDEBUG)
TEST_CASE("owned: a task that is never awaited ends the program, with the type") {
    const std::string words = last_words_of(&forget);
    CHECK(says(words, "without its async drop"));
    CHECK(says(words, "resource"));
}
#endif

namespace {
task<> look_at(coil::owned<resource>& of, words& log) {
    log.push_back("look at " + of->name());
    co_await yield_now();
}
task<> pass_on(words& log, coil::owned<resource> r) {
    co_await look_at(r, log);
    log.emplace_back("still there");
}
}  // namespace

COIL_TEST("own: an owned parameter that is passed on by reference stays its owner's") {
    words log;
    co_await pass_on(log, resource(log, "r"));
    CHECK(log == words{"look at r", "still there", "drop r", "dropped r"});
}

namespace {
/// Logs its destructor, too.
struct whole_life {
    words* log;
    const char* name;
    whole_life(words& l, const char* n) : log(&l), name(n) {}
    whole_life(whole_life&& other) noexcept
        : log(std::exchange(other.log, nullptr)),
          name(other.name) {}
    ~whole_life() {
        if (log != nullptr) log->push_back(std::string("~") + name);
    }
    task<> async_drop() {
        log->push_back(std::string("drop ") + name);
        co_return;
    }
};
/// Logs its end when it is a parameter, not on the way there.
struct parameter {
    explicit parameter(words& l) : log(&l) {}
    parameter(parameter&& other) noexcept : log(std::exchange(other.log, nullptr)) {}
    ~parameter() {
        if (log != nullptr) log->emplace_back("~parameter");
    }
    words* log;
};
task<> own_two(words& log, parameter) {
    co_await coil::own(whole_life(log, "first"));
    co_await coil::own(whole_life(log, "second"));
    const trace here(log, "local");
}
}  // namespace

COIL_TEST("own: locals end first, then parameters, then drops, then what was owned") {
    words log;
    co_await own_two(log, parameter(log));
    CHECK(log == words{"~local", "~parameter", "drop second", "drop first", "~second",
                       "~first"});
}
