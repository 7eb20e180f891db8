// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Strands on many threads do whatever there is, at random, and are stopped at random:
// afterwards every permit, item, object and frame is where it belongs. Who does what is
// decided by a seed, which is printed if something is wrong; when it happens is not.
//
// COIL_STRESS_ROUNDS=100 COIL_STRESS_SEED=7 coil_stress_test runs that many from there.
#include <coil/coil.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t permits_most = 3;
constexpr int depth_most = 6;
constexpr int steps_most = 6;
constexpr int threads = 3;
constexpr std::uint64_t first_seed = 1;  // ./x prove takes others

/// A number of a seed, and seeds for what follows from it.
class dice {
public:
    explicit dice(std::uint64_t seed) noexcept : state_(seed) {}
    unsigned roll(unsigned below) noexcept {
        return static_cast<unsigned>((next() >> 33U) % below);
    }
    dice split() noexcept { return dice(next()); }

private:
    std::uint64_t next() noexcept {  // splitmix64, S. Vigna, public domain
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }
    std::uint64_t state_;
};

struct expected_failure : std::exception {};

/// What all strands share, and the counts that must come out right.
struct world {
    explicit world(multi_thread_runtime& on) : runtime(on) {}

    multi_thread_runtime& runtime;
    semaphore permits{permits_most};
    mutex one;
    shared_mutex many;
    channel<int, 4> items;
    notify told;
    watch<int> latest;

    std::atomic<int> with_permit = 0;
    std::atomic<int> readers = 0;
    std::atomic<int> writers = 0;
    std::atomic<int> wrong = 0;
    std::atomic<long> sent = 0;
    std::atomic<long> received = 0;
    std::atomic<long> counted = 0;
    long guarded = 0;  // by `one`
    std::atomic<int> made = 0;
    std::atomic<int> dropped = 0;
    std::atomic<long> steps = 0;

    void expect(bool is_so) noexcept {
        if (!is_so) ++wrong;
    }
};

struct counter {
    explicit counter(std::atomic<int>& of) noexcept : inside(of), before(of++) {}
    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;
    ~counter() { --inside; }
    std::atomic<int>& inside;
    const int before;
};

struct resource {
    world* of;
    explicit resource(world& w) noexcept : of(&w) { ++w.made; }
    task<> async_drop() {
        co_await yield_now();
        ++of->dropped;
    }
};

task<> act(world& w, dice d, int depth);

task<> take_a_permit(world& w) {
    const auto held = co_await w.permits.acquire();
    const counter inside(w.with_permit);
    w.expect(inside.before < static_cast<int>(permits_most));
    co_await yield_now();
}

task<> lock_it(world& w) {
    const auto held = co_await w.one.lock();
    const long before = w.guarded;
    ++w.counted;
    w.guarded = before + 1;
    co_await yield_now();
    w.expect(w.guarded == before + 1);
}

task<> read_it(world& w) {
    const auto held = co_await w.many.lock_shared();
    const counter inside(w.readers);
    w.expect(w.writers == 0);
    co_await yield_now();
}

task<> write_it(world& w) {
    const auto held = co_await w.many.lock();
    const counter inside(w.writers);
    w.expect(inside.before == 0 && w.readers == 0);
    co_await yield_now();
}

task<> send_or_not(world& w, int number) {
    const auto first = co_await race(w.items.send(number), yield_now());
    if (first.index() == 0 && first.get<0>()) w.sent += number;
}

task<> receive_or_not(world& w) {
    auto first = co_await race(w.items.receive(), yield_now());
    if (first.index() == 0 && first.get<0>()) w.received += *first.get<0>();
}

task<> own_something(world& w, dice d, int depth) {
    co_await with(resource(w), [&](resource&) { return act(w, d.split(), depth - 1); });
}

task<> spawn_some(world& w, dice d, int depth) {
    const std::size_t limit = 1 + d.roll(4);
    const unsigned children = 1 + d.roll(4);
    const bool is_stopped = d.roll(4) == 0;
    co_await with_group({.limit = limit}, [&](group& g) -> task<> {
        for (unsigned i = 0; i < children; ++i) g.spawn(act(w, d.split(), depth - 1));
        co_await yield_now();
        if (is_stopped) g.request_stop();
    });
}

task<> fail_among_others(world& w, dice d, int depth) {
    const auto fails = []() -> task<> {
        co_await yield_now();
        throw expected_failure();
    };
    try {
        co_await with_group([&](group& g) {
            g.spawn(act(w, d.split(), depth - 1));
            g.spawn(fails());
            g.spawn(act(w, d.split(), depth - 1));
        });
    } catch (const expected_failure&) {}
}

generator<int> numbers(int count) {
    for (int i = 0; i < count; ++i) {
        co_await yield_now();
        co_yield i;
    }
}

task<> take_numbers(world& w, int count, int wanted) {
    auto all = numbers(count);
    for (int i = 0; i < wanted; ++i) {
        const auto next = co_await all.next();
        w.expect(next.has_value() == (i < count));
        if (!next) break;
    }
}

task<> step(world& w, dice d, int depth) {
    ++w.steps;
    const bool is_leaf = depth <= 0;
    switch (d.roll(is_leaf ? 11 : 19)) {
        case 0: co_await yield_now(); break;
        case 1: co_await take_a_permit(w); break;
        case 2: co_await lock_it(w); break;
        case 3: co_await read_it(w); break;
        case 4: co_await write_it(w); break;
        case 5: co_await send_or_not(w, 1 + static_cast<int>(d.roll(100))); break;
        case 6: co_await receive_or_not(w); break;
        case 7: co_await sleep(std::chrono::microseconds(d.roll(50))); break;
        case 8: co_await blocking([] {}); break;
        case 9: co_await take_numbers(w, static_cast<int>(d.roll(5)), 3); break;
        case 10:
            w.told.notify_one();
            (void)co_await race(w.told.wait(), yield_now());
            break;
        case 11: co_await spawn_some(w, d.split(), depth); break;
        case 12: co_await fail_among_others(w, d.split(), depth); break;
        case 13:
            (void)co_await with_timeout(std::chrono::microseconds(d.roll(200)),
                                        act(w, d.split(), depth - 1));
            break;
        case 14:
            co_await race(act(w, d.split(), depth - 1), act(w, d.split(), depth - 1));
            break;
        case 15:
            co_await parallel(act(w, d.split(), depth - 1),
                              act(w, d.split(), depth - 1));
            break;
        case 16: {
            const unsigned worker = d.roll(w.runtime.workers());
            executor& there =
                d.roll(2) == 0 ? w.runtime.pinned(worker) : w.runtime.any_worker();
            co_await on(there, act(w, d.split(), depth - 1));
            break;
        }
        case 17: co_await own_something(w, d.split(), depth); break;
        case 18:
            co_await join(act(w, d.split(), depth - 1), act(w, d.split(), depth - 1));
            break;
        default: break;
    }
}

task<> act(world& w, dice d, int depth) {
    const unsigned steps = 1 + d.roll(steps_most);
    for (unsigned i = 0; i < steps; ++i) co_await step(w, d.split(), depth);
}

void check_what_is_left(world& w) {
    while (const auto item = w.items.try_receive()) w.received += *item;
    CHECK(w.wrong == 0);
    CHECK(w.sent == w.received);
    CHECK(w.permits.available() == permits_most);
    CHECK(w.one.try_lock().has_value());
    CHECK(w.many.try_lock().has_value());
    CHECK(w.guarded == w.counted);
    CHECK(w.made == w.dropped);
    CHECK(w.with_permit == 0);
}

/// Returns: how many steps it took.
long run_round(std::uint64_t seed) {
    CAPTURE(seed);
    dice d(seed);
    const auto alive = count_frames().alive;
    long steps = 0;
    {
        multi_thread_runtime runtime(
            {.workers = 1 + d.roll(5), .runs_woken_next = d.roll(4) != 0});
        world w(runtime);
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i) {
            running.emplace_back([&runtime, &w, mine = d.split()] {
                w.expect(runtime.run(act(w, mine, depth_most)).has_value());
            });
        }
        for (std::thread& each : running) each.join();
        check_what_is_left(w);
        steps = w.steps;
    }
    CHECK(count_frames().alive == alive);
    return steps;
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("stress: whatever strands on many threads do, all of it comes out right") {
    const std::uint64_t rounds = number_from("COIL_STRESS_ROUNDS", 200);
    const std::uint64_t first = number_from("COIL_STRESS_SEED", first_seed);
    MESSAGE(rounds << " rounds from seed " << first);
    long steps = 0;
    for (std::uint64_t i = 0; i < rounds; ++i) steps += run_round(first + i);
    MESSAGE(steps << " steps");
}
