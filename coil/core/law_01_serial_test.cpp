// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Law 1: two pieces of a strand never run at the same time or inside one another.
// Law 2: a wake-up and a stop request never run user code.
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/with.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::as_outcome;
using coil::task;

namespace {

/// Another library's operation that a thread of its own completes.
struct on_a_thread {
    std::jthread& worker;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        worker = std::jthread([waiting] { waiting.resume(); });
    }
    void await_resume() const noexcept {}
};

/// Notices two pieces that overlap.
class in_piece {
public:
    explicit in_piece(std::atomic<int>& inside) : inside_(inside) {
        CHECK(inside_.fetch_add(1) == 0);
    }
    in_piece(const in_piece&) = delete;
    in_piece& operator=(const in_piece&) = delete;
    ~in_piece() { inside_.fetch_sub(1); }

private:
    std::atomic<int>& inside_;
};

task<> go_and_come_back(std::atomic<int>& inside, int times) {
    std::jthread worker;
    const auto home = std::this_thread::get_id();
    for (int i = 0; i < times; ++i) {
        {
            const in_piece now(inside);
            CHECK(std::this_thread::get_id() == home);
        }
        co_await on_a_thread{worker};
    }
    const in_piece now(inside);
    CHECK(std::this_thread::get_id() == home);
}

/// Clears what others may be iterating over.
struct eraser {
    std::vector<int>& numbers;
    words& log;
    ~eraser() {
        numbers.clear();
        log.emplace_back("erased");
    }
};

}  // namespace

TEST_CASE(
    "law 1: what other threads complete resumes on the strand, never overlapping") {
    std::atomic<int> inside = 0;
    virtual_runtime runtime;
    runtime.expect_messages(true);
    const auto ended = runtime.run(coil::join(go_and_come_back(inside, 50),
                                              go_and_come_back(inside, 50),
                                              go_and_come_back(inside, 50)));
    CHECK(ended.has_value());
    CHECK(runtime.deadlock().empty());
}

COIL_TEST("law 1: pieces do not nest: what a piece wakes runs after it") {
    words log;
    signal gate;
    auto waiter = [&]() -> task<> {
        (void)co_await gate.wait();
        log.emplace_back("woken");
    };
    auto waker = [&]() -> task<> {
        co_await coil::yield_now();
        log.emplace_back("wakes");
        gate.set();
        log.emplace_back("has woken");
    };
    co_await coil::join(waiter(), waker());
    CHECK(log == words{"wakes", "has woken", "woken"});
}

COIL_TEST("law 2: a stop runs no destructor inside the piece that asks for it") {
    words log;
    std::vector<int> numbers{1, 2, 3, 4};
    auto waiter = [&]() -> task<> {
        const eraser local{numbers, log};
        co_await never();
    };
    auto iterating = [&](coil::context& scope) -> task<> {
        co_await coil::yield_now();
        int seen = 0;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            if (i == 1) scope.request_stop(coil::stop_reason::requested);
            ++seen;
        }
        log.push_back("saw " + std::to_string(seen) + " of 4");
    };
    auto both = [&]() -> task<> {
        coil::context& scope = co_await scope_here();
        co_await coil::join(waiter(), iterating(scope));
    };
    const auto won = co_await as_outcome(coil::race(both(), never()));
    CHECK(won.is_stopped());
    CHECK(log == words{"saw 4 of 4", "erased"});
}

COIL_TEST("law 2: a group's stop runs nothing inside the piece that asks for it") {
    words log;
    auto child = [](words& l) -> task<> {
        const trace end(l, "child");
        co_await never();
    };
    co_await coil::with_group([&](coil::group& g) -> task<> {
        g.spawn(child(log));
        log.emplace_back("spawned");
        co_await coil::yield_now();
        co_await coil::yield_now();
        g.request_stop();
        log.emplace_back("asked");
        co_await coil::sleep(1ms);
    });
    CHECK(log == words{"spawned", "asked", "~child"});
}

COIL_TEST("law 2: a destructor that wakes, or asks for a stop, while work is unwound") {
    words log;
    signal gate;
    struct wakes {
        signal& gate;
        words& log;
        ~wakes() {
            log.emplace_back("wakes");
            gate.set();
            log.emplace_back("woke");
        }
    };
    auto loser = [&]() -> task<> {
        const wakes local{gate, log};
        co_await never();
    };
    auto waiter = [&]() -> task<> {
        (void)co_await gate.wait();
        log.emplace_back("woken");
    };
    auto race = [&]() -> task<> { co_await coil::race(loser(), coil::yield_now()); };
    co_await coil::join(race(), waiter());
    CHECK(log == words{"wakes", "woke", "woken"});
}

COIL_TEST("law 2: a stop of a stop of a stop is one stop") {
    words log;
    auto asks_again = [&](coil::context& scope) -> task<> {
        struct asker {
            coil::context& scope;
            ~asker() { scope.request_stop(coil::stop_reason::requested); }
        };
        const trace end(log, "a");
        const asker again{scope};
        co_await never();
    };
    auto both = [&]() -> task<> {
        coil::context& scope = co_await scope_here();
        co_await coil::join(asks_again(scope), asks_again(scope), coil::stop_here());
    };
    const auto ended = co_await as_outcome(both());
    CHECK(ended.is_stopped());
    CHECK(log == words{"~a", "~a"});
}

COIL_TEST("law 2: stopping joins in a race frees nothing that is still looked at") {
    words log;
    auto hang = [&](std::string name) -> task<> {
        const trace end(log, name);
        co_await never();
    };
    auto joined = [&]() -> task<> {
        const trace end(log, "joined");
        co_await coil::join(hang("a"), hang("b"));
    };
    co_await coil::race(joined(), give_way(3));
    co_await coil::race(coil::join(coil::race(joined(), joined()), joined()),
                        give_way(3));
    CHECK(std::count(log.begin(), log.end(), "~joined") == 4);
    CHECK(std::count(log.begin(), log.end(), "~a") == 4);
}

COIL_TEST("law 2: a lost race with a drop that does not suspend") {
    words log;
    struct quick {
        words& log;
        task<> async_drop() {
            log.emplace_back("dropped");
            co_return;
        }
    };
    auto body = [](quick&) { return never(); };
    auto whole = [&]() -> task<> { co_await coil::with(quick{log}, body); };
    co_await coil::race(whole(), give_way(3));
    co_await coil::race(coil::with(quick{log}, body), give_way(3));
    CHECK(log == words{"dropped", "dropped"});
}
