// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/closure.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// More workers than processors: they take turns where one would not expect it.
constexpr coil::multi_thread_options four_workers = {.workers = 4};

coil::task<> add(std::span<const int> part, std::atomic<long>& sum) {
    sum += std::accumulate(part.begin(), part.end(), 0L);
    co_return;
}

coil::task<long> sum_of(const std::vector<int>& numbers) {
    std::atomic<long> sum = 0;
    co_await coil::with_group([&](coil::group& g) {
        constexpr std::size_t step = 1000;
        for (std::size_t at = 0; at < numbers.size(); at += step) {
            const std::size_t count = std::min(step, numbers.size() - at);
            g.spawn(add(std::span(numbers).subspan(at, count), sum));
        }
    });
    co_return sum;
}

}  // namespace

TEST_CASE("multi_thread_runtime: a group's children run beside each other") {
    const std::vector<int> numbers(100'000, 7);
    //! [sum on all processors]
    coil::multi_thread_runtime runtime;
    long sum = runtime.run(sum_of(numbers)).take();
    //! [sum on all processors]
    CHECK(sum == 700'000);
}

namespace {

/// One strand's own: guarded by nothing but that a strand is serial.
struct own_counters {
    int pieces = 0;
    bool is_inside = false;
};

coil::task<> count_up(own_counters& own, unsigned seed) {
    for (unsigned i = 0; i < 4; ++i) {
        CHECK_FALSE(std::exchange(own.is_inside, true));
        ++own.pieces;
        own.is_inside = false;
        switch ((seed + i) % 4) {
            case 0: co_await coil::yield_now(); break;
            case 1: co_await coil::sleep(std::chrono::microseconds(seed % 50)); break;
            case 2: CHECK(co_await coil::with_timeout(10s, coil::sleep(1us))); break;
            default: co_await coil::blocking([] {}); break;
        }
    }
}

coil::task<> three_branches(own_counters& own, unsigned seed) {
    co_await coil::join(count_up(own, seed), count_up(own, seed + 1),
                        count_up(own, seed + 2));
}

coil::task<> run_strands(std::vector<own_counters>& all) {
    co_await coil::with_group({.limit = 200}, [&](coil::group& g) {
        for (unsigned i = 0; i < all.size(); ++i) g.spawn(three_branches(all[i], i));
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: a strand is serial, whichever threads wake it") {
    coil::multi_thread_runtime runtime(four_workers);
    std::vector<own_counters> all(10'000);
    REQUIRE(runtime.run(run_strands(all)).has_value());
    int exact = 0;
    for (const own_counters& own : all) exact += own.pieces == 12 ? 1 : 0;
    CHECK(exact == 10'000);
}

namespace {

coil::task<> spin_until_stopped(std::atomic<int>& stopped) {
    struct told {
        ~told() { stopped += coil::is_unwinding() ? 1 : 0; }
        std::atomic<int>& stopped;
    } on_end{stopped};
    for (;;) co_await coil::yield_now();
}

coil::task<> wait_until_stopped(std::atomic<int>& stopped) {
    struct told {
        ~told() { stopped += coil::is_unwinding() ? 1 : 0; }
        std::atomic<int>& stopped;
    } on_end{stopped};
    co_await coil::sleep(1h);
}

coil::task<> fail_soon() {
    co_await coil::sleep(1ms);
    throw std::runtime_error("no more");
}

coil::task<> fail_among(std::atomic<int>& stopped) {
    co_await coil::with_group([&](coil::group& g) {
        for (int i = 0; i < 20; ++i) {
            g.spawn(spin_until_stopped(stopped));
            g.spawn(wait_until_stopped(stopped));
        }
        g.spawn(fail_soon());
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: an error stops the siblings on all threads") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> stopped = 0;
    auto ended = runtime.run(fail_among(stopped));
    CHECK(ended.has_error());
    CHECK(stopped == 40);
}

namespace {

coil::task<bool> time_out(std::atomic<int>& stopped) {
    co_return co_await coil::with_timeout(2ms, coil::with_group([&](coil::group& g) {
                                              for (int i = 0; i < 20; ++i) {
                                                  g.spawn(spin_until_stopped(stopped));
                                                  g.spawn(wait_until_stopped(stopped));
                                              }
                                          }));
}

}  // namespace

TEST_CASE("multi_thread_runtime: a stop from outside reaches children on all threads") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> stopped = 0;
    CHECK(runtime.run(time_out(stopped)).take() == false);
    CHECK(stopped == 40);
}

namespace {

coil::task<> hold_back_one(std::atomic<int>& stopped) {
    (void)co_await coil::as_outcome(coil::sleep(1h));
    co_await coil::with_group({.limit = 1}, [&](coil::group& g) {
        g.spawn(coil::yield_now());
        g.spawn(wait_until_stopped(stopped));
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: children held back under an earlier stop end by it") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> stopped = 0;
    for (int i = 0; i < 20; ++i) {
        auto timed_out = coil::with_timeout(1us, hold_back_one(stopped));
        CHECK(runtime.run(std::move(timed_out)).take() == false);
    }
    CHECK(stopped == 20);
}

namespace {

coil::task<> spawn_more(coil::group& g, int depth, std::atomic<int>& ended) {
    if (depth > 0) {
        g.spawn(spawn_more(g, depth - 1, ended));
        g.spawn(spawn_more(g, depth - 1, ended));
    }
    co_await coil::yield_now();
    ++ended;
}

coil::task<> spawn_a_tree(std::size_t limit, std::atomic<int>& ended) {
    co_await coil::with_group(
        {.limit = limit}, [&](coil::group& g) { g.spawn(spawn_more(g, 9, ended)); });
}

}  // namespace

TEST_CASE("multi_thread_runtime: children spawn children") {
    coil::multi_thread_runtime runtime(four_workers);
    for (const std::size_t limit : {1UL, 3UL, 1'000'000UL}) {
        std::atomic<int> ended = 0;
        REQUIRE(runtime.run(spawn_a_tree(limit, ended)).has_value());
        CHECK(ended == 1023);
    }
}

namespace {

coil::task<int> fibonacci(int n) {
    if (n < 2) co_return n;
    int first = 0;
    int second = 0;
    co_await coil::with_group([&](coil::group& g) {
        g.spawn(coil::call_once(
            [](int& to, int m) -> coil::task<> { to = co_await fibonacci(m); },
            std::ref(first), n - 1));
        g.spawn(coil::call_once(
            [](int& to, int m) -> coil::task<> { to = co_await fibonacci(m); },
            std::ref(second), n - 2));
    });
    co_return first + second;
}

}  // namespace

TEST_CASE("multi_thread_runtime: groups nest across threads") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(fibonacci(14)).take() == 377);
}

TEST_CASE("multi_thread_runtime: several threads run work, on several runtimes") {
    coil::multi_thread_runtime runtime(four_workers);
    std::atomic<int> right = 0;
    {
        coil::multi_thread_runtime other({.workers = 2});
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                coil::multi_thread_runtime& one = i % 2 == 0 ? other : runtime;
                for (int n = 0; n < 20; ++n)
                    right += one.run(fibonacci(8)).take() == 21 ? 1 : 0;
            });
        }
    }
    CHECK(right == 80);
}

namespace {

coil::task<> race_timers(int rounds) {
    for (int i = 0; i < rounds; ++i) {
        co_await coil::race(coil::sleep(std::chrono::microseconds(i % 7)),
                            coil::sleep(std::chrono::microseconds(i % 5)),
                            coil::blocking([] {}));
    }
}

coil::task<> race_many() {
    co_await coil::with_group([](coil::group& g) {
        for (int i = 0; i < 50; ++i) g.spawn(race_timers(100));
    });
}

}  // namespace

TEST_CASE("multi_thread_runtime: a timer is cancelled from any thread, or fires") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(race_many()).has_value());
}

TEST_CASE("multi_thread_runtime: no frame is left when it has ended") {
    const auto before = coil::count_frames().alive;
    {
        coil::multi_thread_runtime runtime(four_workers);
        std::atomic<int> ended = 0;
        REQUIRE(runtime.run(spawn_a_tree(1'000'000, ended)).has_value());
        REQUIRE(runtime.run(fibonacci(10)).has_value());
    }
    CHECK(coil::count_frames().alive == before);
}

TEST_CASE("multi_thread_runtime: a local task is refused, as it would move") {
    const std::string said = coil::testing::last_words([] {
        coil::multi_thread_runtime runtime({.workers = 1});
        (void)runtime.run(coil::with_group([](coil::group& g) {
            g.spawn([]() -> coil::local_task<> { co_return; }());
        }));
    });
    CHECK(coil::testing::says(said, "something local was spawned"));
}

TEST_CASE("multi_thread_runtime: its own strands cannot destroy it") {
    const std::string said = coil::testing::last_words([] {
        auto runtime = std::make_unique<coil::multi_thread_runtime>(four_workers);
        (void)runtime->run(coil::call_once([&] { runtime.reset(); }));
    });
    CHECK(coil::testing::says(said, "destroyed by one of its own strands"));
}

TEST_CASE("multi_thread_runtime: nor can whom one of its strands waits for") {
    const std::string said = coil::testing::last_words([] {
        coil::multi_thread_runtime other(four_workers);
        auto runtime = std::make_unique<coil::multi_thread_runtime>(four_workers);
        const auto ends_it_there = [&]() -> coil::task<> {
            co_await coil::on(other.pinned(1), [&] { runtime.reset(); });
        };
        (void)runtime->run(ends_it_there());
    });
    CHECK(coil::testing::says(said, "destroyed by one of its own strands"));
}

TEST_CASE("multi_thread_runtime: it may live and end in a strand of another runtime") {
    const auto uses_another = []() -> coil::task<int> {
        auto other = std::make_unique<coil::multi_thread_runtime>(four_workers);
        auto one = [] { return 1; };
        const int there = co_await coil::on(other->any_worker(), one);
        co_await coil::blocking([&] { other.reset(); });
        const coil::multi_thread_runtime ends_here(four_workers);
        co_return there;
    };
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(uses_another()).take() == 1);
}
