// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/drop/async_optional.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

using namespace coil::testing;
using coil::async_optional;
using coil::task;

namespace {

static_assert(coil::async_droppable<async_optional<resource>>);
static_assert(!std::is_copy_constructible_v<async_optional<resource>>);
static_assert(coil::sendable<async_optional<resource>>);

/// One that these tests drop by hand.
struct [[gsl::suppress("coil-async-drop")]] maybe_one : async_optional<resource> {
    using async_optional::async_optional;
};

}  // namespace

//! [a connection that is made when needed]
task<> reconnects(words& log) {
    auto& current = co_await coil::own(async_optional<resource>());
    for (const char* const name : {"first", "second"}) {
        co_await current.replace(resource(log, name));  // closes the one before
        log.push_back("use " + current->name());
    }
}  // closes the last
//! [a connection that is made when needed]

COIL_TEST("async_optional: replace drops the old object, the end the last") {
    words log;
    co_await reconnects(log);
    CHECK(log == words{"use first", "drop first", "dropped first", "use second",
                       "drop second", "dropped second"});
}

COIL_TEST("async_optional: reset drops, and nothing is there from then on") {
    words log;
    maybe_one maybe;
    CHECK(!maybe);
    co_await maybe.reset();
    CHECK(log.empty());
    maybe.emplace(log, "a");
    CHECK(maybe.value().name() == "a");
    co_await maybe.reset();
    CHECK(!maybe.has_value());
    CHECK(log == words{"drop a", "dropped a"});
}

COIL_TEST("async_optional: a stop while the old one is dropped keeps the new one") {
    words log;
    maybe_one maybe(resource(log, "old"));
    co_await coil::race(maybe.replace(resource(log, "new")), coil::yield_now());
    CHECK(log == words{"drop old", "dropped old"});
    CHECK(maybe->name() == "new");
    co_await maybe.reset();
}

COIL_TEST("async_optional: a stop of who has it drops the object") {
    words log;
    auto waits = [](async_optional<resource>&) { return never(); };
    co_await coil::race(coil::with(async_optional<resource>(resource(log, "a")), waits),
                        coil::yield_now());
    CHECK(log == words{"drop a", "dropped a"});
}

COIL_TEST("async_optional: a move takes the object along, release gives it away") {
    words log;
    maybe_one from(resource(log, "a"));
    maybe_one to(std::move(from));
    CHECK(!from);
    std::optional<resource> given = to.release();
    CHECK(!to);
    co_await coil::drop(given);
    CHECK(log == words{"drop a", "dropped a"});
}

#if !defined(NDEBUG)
TEST_CASE("async_optional: to emplace where one is ends the program") {
    const std::string text = last_words_of([]() -> coil::local_task<> {
        words log;
        maybe_one maybe(resource(log, "a"));
        maybe.emplace(log, "b");
        co_await maybe.reset();
    });
    CHECK(says(text, "the optional is empty"));
}
#endif
