// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/parallel/parallel.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/time/sleep.hpp>

#include "measure.hpp"

#include <array>
#include <deque>
#include <numeric>

namespace {

using coil::task;
using std::uint64_t;

// --- await ---

COIL_NOINLINE task<uint64_t> add_one(uint64_t to) {
    co_return to + 1;
}

task<uint64_t> await_each(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) sum = co_await add_one(sum);
    co_return sum;
}

task<uint64_t> add_one_inline(uint64_t to) {
    co_return to + 1;
}

task<uint64_t> await_each_inline(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) sum = co_await add_one_inline(sum);
    co_return sum;
}

COIL_NOINLINE task<uint64_t> descend(uint64_t levels) {
    if (levels == 1) co_return levels;
    co_return 1 + co_await descend(levels - 1);
}

task<uint64_t> descend_often(uint64_t levels) {
    uint64_t sum = 0;
    while (sum < levels) sum += co_await descend(100);
    co_return sum;
}

// --- generator ---

COIL_NOINLINE coil::generator<uint64_t> count_to(uint64_t end) {
    for (uint64_t i = 0; i < end; ++i) co_yield i;
}

task<uint64_t> sum_up(uint64_t count) {
    auto numbers = count_to(count);
    uint64_t sum = 0;
    while (auto number = co_await numbers.next()) sum += *number;
    co_return sum;
}

// --- spawn, yield ---

task<> add_one_to(uint64_t& sum) {
    ++sum;
    co_return;
}

task<uint64_t> spawn_each(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        co_await coil::with_group(
            [&sum](coil::group& group) { group.spawn(add_one_to(sum)); });
    }
    co_return sum;
}

/// Each child has a number of its own, so they may run beside each other.
task<uint64_t> spawn_thousands(uint64_t count) {
    std::array<uint64_t, 1000> sums = {};
    for (uint64_t spawned = 0; spawned < count; spawned += sums.size()) {
        co_await coil::with_group([&sums](coil::group& group) {
            for (uint64_t& sum : sums) group.spawn(add_one_to(sum));
        });
    }
    co_return std::accumulate(sums.begin(), sums.end(), uint64_t{0});
}

task<uint64_t> yield_often(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) co_await coil::yield_now();
    co_return count;
}

// --- timers ---

coil::timer_service& timers_here() {
    return *coil::strand::current()->runs_on().timers();
}

void do_nothing(coil::timer&) noexcept {}

task<uint64_t> arm_and_cancel(uint64_t count) {
    coil::timer_service& timers = timers_here();
    for (uint64_t i = 0; i < count; ++i) {
        coil::timer pause(do_nothing);
        timers.arm(pause, coil::from_now(timers, std::chrono::seconds(60)));
    }
    co_return count;
}

task<uint64_t> rearm_one_of_many(uint64_t count) {
    coil::timer_service& timers = timers_here();
    std::deque<coil::timer> many;
    while (many.size() < 10'000) {
        timers.arm(many.emplace_back(do_nothing),
                   coil::from_now(timers, std::chrono::seconds(60)));
    }
    bench::numbers draw;
    for (uint64_t i = 0; i < count; ++i) {
        coil::timer& moved = many[draw.below(10'000)];
        const auto pause = std::chrono::milliseconds(10'000 + draw.below(50'000));
        timers.arm(moved, coil::from_now(timers, pause));
    }
    co_return count;
}

// --- memory ---

task<> sleep_long() {
    co_await coil::sleep(std::chrono::hours(1));
}

task<uint64_t> sleep_together(uint64_t count) {
    co_await coil::with_group([count](coil::group& group) -> task<> {
        for (uint64_t i = 0; i < count; ++i) group.spawn(sleep_long());
        co_await coil::sleep(std::chrono::milliseconds(1));  // now all of them sleep
        group.request_stop();
    });
    co_return count;
}

// --- channels and mutexes, local and for any thread ---

using coil::flavour;
template <class T, flavour F>
using task_of = coil::basic_task<T, F>;
template <flavour F>
using single = coil::basic_channel<uint64_t, 1, F>;
template <flavour F>
using buffer = coil::basic_channel<uint64_t, 64, F>;

template <flavour F>
task_of<void, F> send_all(buffer<F>& to, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        if (!co_await to.send(i)) co_return;
    }
    to.close();
}

template <flavour F>
task_of<void, F> receive_all(buffer<F>& from, uint64_t& sum) {
    while (auto item = co_await from.receive()) sum += *item;
}

template <flavour F>
task_of<uint64_t, F> pass_through_buffer(uint64_t count) {
    buffer<F> items;
    uint64_t sum = 0;
    co_await coil::with_group([&](coil::group& group) {
        group.spawn(send_all<F>(items, count));
        group.spawn(receive_all<F>(items, sum));
    });
    co_return sum;
}

template <flavour F>
task_of<void, F> serve(single<F>& to, single<F>& from, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        if (!co_await to.send(i)) co_return;
        if (!co_await from.receive()) co_return;
    }
    to.close();
}

template <flavour F>
task_of<void, F> give_back(single<F>& from, single<F>& to) {
    while (auto ball = co_await from.receive()) {
        if (!co_await to.send(*ball)) co_return;
    }
}

template <flavour F>
task_of<uint64_t, F> ping_pong(uint64_t count) {
    single<F> there;
    single<F> back;
    co_await coil::with_group([&](coil::group& group) {
        group.spawn(serve<F>(there, back, count));
        group.spawn(give_back<F>(there, back));
    });
    co_return count;
}

template <flavour F>
task_of<uint64_t, F> lock_often(uint64_t count) {
    coil::basic_mutex<F> free;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        auto guard = co_await free.lock();
        ++sum;
    }
    co_return sum;
}

// --- what many threads are for ---

task<> compute_into(uint64_t& state) {
    state = bench::compute(state);
    co_return;
}

task<uint64_t> compute_together(uint64_t count) {
    std::array<uint64_t, bench::computed_together> states = {};
    for (uint64_t computed = 0; computed < count; computed += states.size()) {
        co_await coil::with_group([&states](coil::group& group) {
            for (uint64_t& state : states) group.spawn(compute_into(state));
        });
    }
    co_return std::accumulate(states.begin(), states.end(), uint64_t{0});
}

COIL_NOINLINE task<uint64_t> fibonacci(uint64_t number) {
    if (number < 2) co_return number;
    auto [larger, smaller] =
        co_await coil::parallel(fibonacci(number - 1), fibonacci(number - 2));
    co_return larger + smaller;
}

task<uint64_t> fork_and_join(uint64_t count) {
    return fibonacci(bench::fibonacci_of(count));
}

template <auto Work>
uint64_t run(uint64_t count) {
    return coil::run(Work(count));
}

/// On so many workers of a runtime for many threads.
template <unsigned Workers, auto Work>
uint64_t run_on(uint64_t count) {
    coil::multi_thread_runtime runtime({.workers = Workers});
    return runtime.run(Work(count)).take();
}

constexpr flavour local = flavour::local;
constexpr flavour any_thread = flavour::movable;

constexpr bench::row rows[] = {
    {"await", run<await_each>},
    {"await-inline", run<await_each_inline>},
    {"recursion", run<descend_often>},
    {"generator", run<sum_up>},
    {"spawn-join", run<spawn_each>},
    {"spawn-1000", run<spawn_thousands>},
    {"yield", run<yield_often>},
    {"timer", run<arm_and_cancel>},
    {"timer-rearm", run<rearm_one_of_many>},
    {"sleeping", run<sleep_together>},
    {"channel-buffered", run<pass_through_buffer<local>>},
    {"channel-ping-pong", run<ping_pong<local>>},
    {"mutex-local", run<lock_often<local>>},
    {"worker-spawn-join", run_on<1, spawn_each>},
    {"worker-spawn-1000", run_on<1, spawn_thousands>},
    {"worker-yield", run_on<1, yield_often>},
    {"worker-channel-buffered", run_on<1, pass_through_buffer<any_thread>>},
    {"worker-channel-ping-pong", run_on<1, ping_pong<any_thread>>},
    {"worker-mutex", run_on<1, lock_often<any_thread>>},
    {"worker-compute", run_on<1, compute_together>},
    {"worker-fork-join", run_on<1, fork_and_join>},
    {"two-workers-spawn-1000", run_on<2, spawn_thousands>},
    {"two-workers-channel-ping-pong", run_on<2, ping_pong<any_thread>>},
    {"two-workers-compute", run_on<2, compute_together>},
    {"two-workers-fork-join", run_on<2, fork_and_join>},
};

}  // namespace

int main(int count, char** arguments) {
    return bench::measure({arguments, static_cast<std::size_t>(count)}, rows);
}
