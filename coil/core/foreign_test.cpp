// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/backtrace.hpp>
#include <coil/core/foreign.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>

#include <optional>
#include <stdexcept>
#include <thread>

using namespace coil::testing;
using coil::as_outcome;
using coil::task;

namespace {

/// Another library's awaitable: what `await_suspend` does with the handle is its
/// parameter, and so is what that returns.
template <class Act>
struct other_library {
    Act act;
    bool is_ready = false;
    [[nodiscard]] bool await_ready() const noexcept { return is_ready; }
    auto await_suspend(std::coroutine_handle<> waiting) { return act(waiting); }
    [[nodiscard]] int await_resume() const noexcept { return 7; }
};
template <class Act>
other_library(Act, bool = false) -> other_library<Act>;

auto resume_now() {
    return other_library{[](std::coroutine_handle<> waiting) { waiting.resume(); }};
}

/// Resumes or destroys later what waits in it.
struct kept {
    std::coroutine_handle<> waiting;
    auto wait() {
        return other_library{[this](std::coroutine_handle<> h) { waiting = h; }};
    }
};

/// A coroutine of another library: eager, freed when it ends.
struct other_coroutine {
    struct promise_type {
        other_coroutine get_return_object() {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<> frame;
};
other_coroutine resume_from_elsewhere(words& log, std::coroutine_handle<> waiting) {
    log.emplace_back("their coroutine runs");
    waiting.resume();
    log.emplace_back("their coroutine goes on");
    co_return;
}

void run_with_threads(coil::local_task<> body) {
    virtual_runtime runtime;
    runtime.expect_messages(true);
    auto ended = runtime.run(std::move(body));
    CHECK(ended.has_value());
    CHECK(runtime.deadlock().empty());
}

}  // namespace

TEST_CASE("foreign: a frame made by hand is what the compiler takes for a coroutine") {
    struct counting : coil::detail::foreign_frame {
        int resumed = 0;
        int destroyed = 0;
    } frame;
    frame.resume = [](coil::detail::foreign_frame* f) {
        ++static_cast<counting*>(f)->resumed;
    };
    frame.destroy = [](coil::detail::foreign_frame* f) {
        ++static_cast<counting*>(f)->destroyed;
    };
    const std::coroutine_handle<> erased = frame.handle();
    CHECK_FALSE(erased.done());
    CHECK(&frame.handle().promise() == &frame.promise);
    erased.resume();
    erased.destroy();
    CHECK(frame.resumed == 1);
    CHECK(frame.destroyed == 1);
}

COIL_TEST("foreign: a result that is ready costs no suspension") {
    other_library ready{[](std::coroutine_handle<>) {}, true};
    const int seven = co_await ready;
    CHECK(seven == 7);
}

COIL_TEST("foreign: what is always ready is awaited many times, in several turns") {
    int others = 0;
    auto count = [&]() -> task<> {
        for (;; ++others) co_await coil::yield_now();
    };
    auto await_many = []() -> task<> {
        for (int i = 0; i < 1000; ++i) co_await std::suspend_never();
    };
    co_await coil::race(await_many(), count());
    CHECK(others >= 2);
}

COIL_TEST("foreign: await_suspend that says false goes on at once") {
    const int seven =
        co_await other_library{[](std::coroutine_handle<>) { return false; }};
    CHECK(seven == 7);
}

COIL_TEST("foreign: await_suspend may give back the handle it got") {
    const int seven =
        co_await other_library{[](std::coroutine_handle<> waiting) { return waiting; }};
    CHECK(seven == 7);
}

COIL_TEST("foreign: resumed within its await_suspend it goes on in the next turn") {
    words log;
    auto act = [&](std::coroutine_handle<> waiting) {
        waiting.resume();
        log.emplace_back("await_suspend ends");
    };
    auto wait = [&]() -> task<> {
        co_await other_library{act};
        log.emplace_back("goes on");
    };
    co_await wait();
    CHECK(log == words{"await_suspend ends", "goes on"});
}

COIL_TEST("foreign: await_suspend may transfer to another library's coroutine") {
    words log;
    auto act = [&](std::coroutine_handle<> waiting) {
        return resume_from_elsewhere(log, waiting).frame;
    };
    auto wait = [&]() -> task<> {
        co_await other_library{act};
        log.emplace_back("ours goes on");
    };
    co_await wait();
    CHECK(log ==
          words{"their coroutine runs", "their coroutine goes on", "ours goes on"});
}

COIL_TEST("foreign: destroying what waits ends it as stopped") {
    words log;
    auto wait = [&]() -> task<> {
        const trace end(log, "waiting");
        co_await other_library{[](std::coroutine_handle<> h) { h.destroy(); }};
    };
    const auto ended = co_await as_outcome(wait());
    CHECK(ended.is_stopped());
    CHECK(log == words{"~waiting"});
}

COIL_TEST("foreign: destroyed later, it ends as stopped") {
    kept library;
    auto end = [&]() -> task<> {
        co_await coil::yield_now();
        library.waiting.destroy();
    };
    auto [stopped, unit] = co_await coil::join_outcomes(library.wait(), end());
    CHECK(stopped.is_stopped());
}

COIL_TEST(
    "foreign: a stop waits until the other library is done, whose result counts") {
    kept library;
    words log;
    auto finish = [&]() -> task<> {
        co_await give_way(3);
        log.emplace_back("they are done");
        library.waiting.resume();
        co_await never();
    };
    auto wait = [&]() -> task<int> {
        const int value = co_await library.wait();
        log.emplace_back("ours goes on");
        co_return value;
    };
    auto race = [&]() -> task<> {
        auto won = co_await coil::race(give_way(1), wait());
        log.emplace_back(won.index() == 0 ? "stopped" : "late");
    };
    co_await coil::race(coil::join(race(), finish()), give_way(6));
    CHECK(log == words{"they are done", "ours goes on", "stopped"});
}

COIL_TEST("foreign: under a stop it never begins") {
    int begun = 0;
    auto act = [&](std::coroutine_handle<> h) {
        ++begun;
        h.resume();
    };
    auto wait = [&]() -> task<> {
        (void)co_await as_outcome(never());
        co_await other_library{act};
    };
    co_await coil::race(wait(), give_way(1));
    CHECK(begun == 0);
}

COIL_TEST("foreign: works in join and race") {
    auto [a, b] = co_await coil::join(resume_now(), resume_now());
    CHECK(a + b == 14);
    auto won = co_await coil::race(resume_now(), never());
    CHECK(won.get<0>() == 7);
}

namespace {
struct with_member_await {
    auto operator co_await() { return resume_now(); }
};
struct with_free_await {};
[[maybe_unused]] auto operator co_await(with_free_await) {
    return resume_now();
}
struct wants_its_promise {
    bool await_ready() { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> waiting) {
        static_assert(!std::is_base_of_v<coil::detail::promise_base, P>);
        waiting.resume();
    }
    void await_resume() {}
};
}  // namespace

COIL_TEST("foreign: co_await operators, member and free, are used") {
    const int a = co_await with_member_await();
    const int b = co_await with_free_await();
    CHECK(a + b == 14);
}

COIL_TEST("foreign: an awaiter that asks for the promise sees none of ours") {
    co_await wants_its_promise();
}

TEST_CASE("foreign: resumed on another thread it comes back on the strand's") {
    std::optional<std::jthread> other;
    auto body = [&]() -> coil::local_task<> {
        const auto home = std::this_thread::get_id();
        for (int i = 0; i < 100; ++i) {
            auto act = [&](std::coroutine_handle<> h) {
                other.emplace([h] { h.resume(); });
            };
            const int seven = co_await other_library{act};
            CHECK(seven == 7);
            CHECK(std::this_thread::get_id() == home);
            other.reset();
        }
    };
    run_with_threads(body());
}

COIL_TEST("foreign: what still waits after a stop is shown in backtraces") {
    kept library;
    std::string text;
    auto look = [&]() -> task<> {
        co_await give_way(3);
        text = backtrace(*coil::strand::current());
        library.waiting.resume();
    };
    co_await coil::join(coil::race(library.wait(), give_way(1)), look());
    CHECK(says(text, "another library's awaitable"));
}

#if COIL_EXCEPTIONS
COIL_TEST("foreign: an exception from await_suspend is the outcome") {
    auto act = [](std::coroutine_handle<>) { throw std::runtime_error("no"); };
    std::string caught;
    try {
        co_await other_library{act};
    } catch (const std::runtime_error& error) {
        caught = error.what();
    }
    CHECK(caught == "no");
    const auto ended = co_await as_outcome(coil::join(other_library{act}, never()));
    CHECK(ended.has_error());
}
#endif

namespace {
coil::local_task<> resume_twice() {
    co_await other_library{[](std::coroutine_handle<> h) {
        h.resume();
        h.resume();
    }};
}
}  // namespace

TEST_CASE("foreign: resuming twice ends the program with a text") {
    CHECK(says(last_words_of(&resume_twice), "resumed or destroyed the same"));
}
