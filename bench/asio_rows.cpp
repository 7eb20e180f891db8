// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "measure.hpp"
#include <boost/asio.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <numeric>

namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using std::uint64_t;

// --- await ---

[[gnu::noinline]] awaitable<uint64_t> add_one(uint64_t to) {
    co_return to + 1;
}

awaitable<uint64_t> await_each(uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) sum = co_await add_one(sum);
    co_return sum;
}

[[gnu::noinline]] awaitable<uint64_t> descend(uint64_t levels) {
    if (levels == 1) co_return 1;
    co_return 1 + co_await descend(levels - 1);
}

awaitable<uint64_t> descend_often(uint64_t levels) {
    uint64_t sum = 0;
    while (sum < levels) sum += co_await descend(100);
    co_return sum;
}

// --- spawn, yield ---

awaitable<uint64_t> spawn_each(uint64_t count) {
    auto executor = co_await asio::this_coro::executor;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; ++i) {
        sum = co_await asio::co_spawn(executor, add_one(sum), use_awaitable);
    }
    co_return sum;
}

awaitable<void> add_one_to(uint64_t& sum) {
    ++sum;
    co_return;
}

uint64_t spawn_thousands(uint64_t count) {
    asio::io_context loop(1);
    uint64_t sum = 0;
    while (sum < count) {
        for (int i = 0; i < 1000; ++i) {
            asio::co_spawn(loop, add_one_to(sum), asio::detached);
        }
        loop.run();
        loop.restart();
    }
    return sum;
}

awaitable<uint64_t> yield_often(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) co_await asio::post(use_awaitable);
    co_return count;
}

// --- timers ---

constexpr uint64_t operations_per_poll = 64;  // lets cancelled waits be told

uint64_t arm_and_cancel(uint64_t count) {
    asio::io_context loop(1);
    for (uint64_t i = 1; i <= count; ++i) {
        asio::steady_timer pause(loop, std::chrono::seconds(60));
        pause.async_wait([](const boost::system::error_code&) {});
        pause.cancel();
        if (i % operations_per_poll == 0) loop.poll();
    }
    loop.poll();
    return count;
}

uint64_t rearm_one_of_many(uint64_t count) {
    asio::io_context loop(1);
    std::deque<asio::steady_timer> many;
    const auto ignore = [](const boost::system::error_code&) {};
    while (many.size() < 10'000) {
        many.emplace_back(loop, std::chrono::seconds(60)).async_wait(ignore);
    }
    bench::numbers draw;
    for (uint64_t i = 1; i <= count; ++i) {
        asio::steady_timer& moved = many[draw.below(10'000)];
        moved.expires_after(std::chrono::milliseconds(10'000 + draw.below(50'000)));
        moved.async_wait(ignore);
        if (i % operations_per_poll == 0) loop.poll();
    }
    many.clear();
    loop.run();
    return count;
}

// --- channels ---

awaitable<void> sleep_long() {
    asio::steady_timer pause(co_await asio::this_coro::executor, std::chrono::hours(1));
    co_await pause.async_wait(use_awaitable);
}

uint64_t sleep_together(uint64_t count) {
    asio::io_context loop(1);
    for (uint64_t i = 0; i < count; ++i)
        asio::co_spawn(loop, sleep_long(), asio::detached);
    asio::steady_timer end(loop, std::chrono::milliseconds(1));  // all of them sleep
    end.async_wait([&loop](boost::system::error_code) { loop.stop(); });
    loop.run();
    return count;
}

using boost::system::error_code;
using channel = asio::experimental::channel<void(error_code, uint64_t)>;
/// The one for any thread.
using concurrent_channel =
    asio::experimental::concurrent_channel<void(error_code, uint64_t)>;

template <class Channel>
awaitable<void> send_all(Channel& to, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) co_await to.async_send({}, i, use_awaitable);
}

template <class Channel>
awaitable<void> receive_all(Channel& from, uint64_t count, uint64_t& sum) {
    for (uint64_t i = 0; i < count; ++i)
        sum += co_await from.async_receive(use_awaitable);
}

uint64_t pass_through_buffer(uint64_t count) {
    asio::io_context loop(1);
    channel items(loop, 64);
    uint64_t sum = 0;
    asio::co_spawn(loop, send_all(items, count), asio::detached);
    asio::co_spawn(loop, receive_all(items, count, sum), asio::detached);
    loop.run();
    return sum;
}

template <class Channel>
awaitable<void> serve(Channel& to, Channel& from, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        co_await to.async_send({}, i, use_awaitable);
        co_await from.async_receive(use_awaitable);
    }
}

template <class Channel>
awaitable<void> give_back(Channel& from, Channel& to, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        const uint64_t ball = co_await from.async_receive(use_awaitable);
        co_await to.async_send({}, ball, use_awaitable);
    }
}

uint64_t ping_pong(uint64_t count) {
    asio::io_context loop(1);
    channel there(loop, 1);
    channel back(loop, 1);
    asio::co_spawn(loop, serve(there, back, count), asio::detached);
    asio::co_spawn(loop, give_back(there, back, count), asio::detached);
    loop.run();
    return count;
}

template <awaitable<uint64_t> (*Work)(uint64_t)>
uint64_t run(uint64_t count) {
    asio::io_context loop(1);
    uint64_t result = 0;
    asio::co_spawn(
        loop, Work(count),
        [&result](const std::exception_ptr&, uint64_t sum) { result = sum; });
    loop.run();
    return result;
}

// --- on many threads ---

template <unsigned Threads>
uint64_t pass_between_threads(uint64_t count) {
    asio::thread_pool pool(Threads);
    concurrent_channel items(pool, 64);
    uint64_t sum = 0;
    asio::co_spawn(pool, send_all(items, count), asio::detached);
    asio::co_spawn(pool, receive_all(items, count, sum), asio::detached);
    pool.join();
    return sum;
}

template <unsigned Threads>
uint64_t play_between_threads(uint64_t count) {
    asio::thread_pool pool(Threads);
    concurrent_channel there(pool, 1);
    concurrent_channel back(pool, 1);
    asio::co_spawn(pool, serve(there, back, count), asio::detached);
    asio::co_spawn(pool, give_back(there, back, count), asio::detached);
    pool.join();
    return count;
}

/// Where the last child tells who awaits them. Outlives them all: who is told goes on
/// while the child that told is still telling.
struct meeting {
    explicit meeting(asio::thread_pool& pool) : end(pool, 1) {}
    asio::experimental::concurrent_channel<void(error_code)> end;
    std::atomic<std::size_t> running = 0;
};

/// `Child` of each of the numbers, beside each other, as often as `count` asks.
template <std::size_t Together, awaitable<void> (*Child)(uint64_t&)>
awaitable<uint64_t> spawn_together(meeting& children, uint64_t count) {
    auto executor = co_await asio::this_coro::executor;
    std::array<uint64_t, Together> numbers = {};
    for (uint64_t spawned = 0; spawned < count; spawned += Together) {
        children.running = Together;
        for (uint64_t& number : numbers) {
            asio::co_spawn(executor, Child(number), [&](const std::exception_ptr&) {
                if (--children.running == 0) children.end.try_send(error_code());
            });
        }
        co_await children.end.async_receive(use_awaitable);
    }
    co_return std::accumulate(numbers.begin(), numbers.end(), uint64_t{0});
}

awaitable<void> compute_into(uint64_t& state) {
    state = bench::compute(state);
    co_return;
}

uint64_t run_to_end(asio::thread_pool& pool, awaitable<uint64_t> work) {
    uint64_t result = 0;
    asio::co_spawn(
        pool, std::move(work),
        [&result](const std::exception_ptr&, uint64_t sum) { result = sum; });
    pool.join();
    return result;
}

template <awaitable<uint64_t> (*Work)(uint64_t)>
uint64_t run_on_thread(uint64_t count) {
    asio::thread_pool pool(1);
    return run_to_end(pool, Work(count));
}

template <unsigned Threads, std::size_t Together, awaitable<void> (*Child)(uint64_t&)>
uint64_t run_together(uint64_t count) {
    asio::thread_pool pool(Threads);
    meeting children(pool);
    return run_to_end(pool, spawn_together<Together, Child>(children, count));
}

template <unsigned Threads>
constexpr auto spawn_1000 = run_together<Threads, 1000, add_one_to>;
template <unsigned Threads>
constexpr auto compute_64 =
    run_together<Threads, bench::computed_together, compute_into>;

constexpr bench::row rows[] = {
    {"await", run<await_each>},
    {"recursion", run<descend_often>},
    {"spawn-join", run<spawn_each>},
    {"spawn-1000", spawn_thousands},
    {"yield", run<yield_often>},
    {"timer", arm_and_cancel},
    {"timer-rearm", rearm_one_of_many},
    {"channel-buffered", pass_through_buffer},
    {"channel-ping-pong", ping_pong},
    {"sleeping", sleep_together},
    {"worker-spawn-join", run_on_thread<spawn_each>},
    {"worker-spawn-1000", spawn_1000<1>},
    {"worker-yield", run_on_thread<yield_often>},
    {"worker-channel-buffered", pass_between_threads<1>},
    {"worker-channel-ping-pong", play_between_threads<1>},
    {"worker-compute", compute_64<1>},
    {"two-workers-spawn-1000", spawn_1000<2>},
    {"two-workers-channel-ping-pong", play_between_threads<2>},
    {"two-workers-compute", compute_64<2>},
};

}  // namespace

int main(int count, char** arguments) {
    return bench::measure({arguments, static_cast<std::size_t>(count)}, rows);
}
