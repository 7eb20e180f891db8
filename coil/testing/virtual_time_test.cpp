// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/with.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/testing/virtual_time.hpp>
#include <coil/time/sleep.hpp>

#include <thread>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::local_task;
using coil::task;

TEST_CASE("virtual_runtime: an hour in no time") {
    //! [an hour in no time]
    auto nap = []() -> task<coil::clock::duration> {
        const coil::instant start = coil::now();
        co_await coil::sleep(1h);
        co_return coil::now() - start;
    };
    virtual_runtime runtime;
    CHECK(runtime.run(nap()).value() == 1h);
    //! [an hour in no time]
}

TEST_CASE("virtual_runtime: runs one thing after the other, and time goes on") {
    virtual_runtime runtime;
    auto look = []() -> task<coil::instant> {
        co_await coil::sleep(1s);
        co_return coil::now();
    };
    const coil::instant first = runtime.run(look()).value();
    const coil::instant second = runtime.run(look()).value();
    CHECK(second - first == 1s);
}

TEST_CASE("virtual_runtime: a deadlock is reported and ended by a hard stop") {
    words log;
    auto wait = [](words& l) -> task<> {
        const trace end(l, "waiting");
        co_await coil::shield(never());
    };
    virtual_runtime runtime;
    const auto ended = runtime.run(wait(log));
    CHECK(ended.is_stopped());
    CHECK(log == words{"~waiting"});
    CHECK(says(runtime.deadlock(), "waits for never"));
}

TEST_CASE("virtual_runtime: drops run after a deadlock, too") {
    words log;
    virtual_runtime runtime;
    const auto ended =
        runtime.run(coil::with(resource(log, "r"), [](resource&) { return never(); }));
    CHECK(ended.is_stopped());
    CHECK(log == words{"drop r", "lost r"});  // a hard stop hurries the drop itself
}

namespace {
local_task<> cannot_be_stopped() {
    struct deaf {
        bool await_ready() { return false; }
        void await_suspend(std::coroutine_handle<>) {}
        void await_resume() {}
    };
    co_await deaf();
}
}  // namespace

TEST_CASE("virtual_runtime: a deadlock that no stop ends is fatal, with the report") {
    CHECK(says(last_words_of(&cannot_be_stopped), "another library's awaitable"));
}

TEST_CASE(
    "virtual_runtime: without a seed pieces run in order, with one in its order") {
    auto note = [](std::string& order, char name) -> task<> {
        co_await coil::yield_now();
        order += name;
    };
    auto several = [&note](std::string& order) -> local_task<> {
        co_await coil::join(note(order, 'a'), note(order, 'b'), note(order, 'c'),
                            note(order, 'd'));
    };
    std::string plain;
    virtual_runtime in_order;
    CHECK(in_order.run(several(plain)).has_value());
    CHECK(plain == "abcd");
    std::string once;
    std::string twice;
    virtual_runtime seeded(7);
    virtual_runtime same_seed(7);
    CHECK(seeded.run(several(once)).has_value());
    CHECK(same_seed.run(several(twice)).has_value());
    CHECK(once == twice);
}

TEST_CASE("virtual_time: a runtime that had a deadlock may run something else") {
    virtual_runtime runtime;
    CHECK(runtime.run(never()).is_stopped());
    CHECK_FALSE(runtime.deadlock().empty());
    CHECK(runtime.run(never()).is_stopped());
    CHECK(runtime.run(coil::sleep(1h)).has_value());
    CHECK(runtime.deadlock().empty());
}

TEST_CASE("virtual_time: a runtime inside a running strand is refused") {
    const std::string said = last_words_of([]() -> coil::local_task<> {
        virtual_runtime inner;
        [[gsl::suppress("coil-blocking")]] (void) inner.run(coil::sleep(1h));
        co_return;
    });
    CHECK(says(said, "inside a running strand"));
}

#if !defined(NDEBUG)
TEST_CASE("virtual_time: waking a strand from another thread ends a debug build") {
    const std::string said = last_words_of([]() -> coil::local_task<> {
        coil::local::event set_by_thread;
        auto set = [&]() -> coil::local_task<> {
            [[gsl::suppress("coil-blocking")]] std::thread([&] {
                set_by_thread.set();
            }).join();
            co_return;
        };
        co_await coil::join(set_by_thread.wait(), set());
    });
    CHECK(says(said, "what is local may not be used from another thread"));
}
#endif
