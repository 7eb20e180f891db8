// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the options of a runtime for many threads are for: each work once as it usually
// runs, and once told otherwise.
#include <coil/core/core.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>

#include "measure.hpp"
#include <poll.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <numeric>
#include <thread>
#include <vector>

namespace {

using coil::multi_thread_options;
using coil::multi_thread_runtime;
using coil::task;
using std::uint64_t;
using namespace std::chrono_literals;

/// `Work` on a runtime that was told so.
template <multi_thread_options (*Options)(), auto Work>
uint64_t told(uint64_t count) {
    multi_thread_runtime runtime(Options());
    return runtime.run(Work(count)).take();
}
template <unsigned Workers>
multi_thread_options usual() {
    return {.workers = Workers};
}

// --- runs_woken_next ---

multi_thread_options queues_woken() {
    return {.workers = 1, .runs_woken_next = false};
}
multi_thread_options two_queue_woken() {
    return {.workers = 2, .runs_woken_next = false};
}

/// What one of a pair writes and the other one reads: all pairs' do not fit the cache.
struct sheet {
    std::vector<uint64_t> text = std::vector<uint64_t>(4096);  // 32 KiB
    coil::channel<uint64_t, 1> written;
    coil::channel<uint64_t, 1> read;
};

task<> write_sheets(sheet& with, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        std::iota(with.text.begin(), with.text.end(), i);
        if (!co_await with.written.send(i)) co_return;
        if (!co_await with.read.receive()) co_return;
    }
    with.written.close();
}

task<> read_sheets(sheet& with, uint64_t& sum) {
    while (co_await with.written.receive()) {
        sum = std::accumulate(with.text.begin(), with.text.end(), sum);
        if (!co_await with.read.send(sum)) co_return;
    }
}

task<uint64_t> exchange_sheets(uint64_t count) {
    constexpr uint64_t pairs = 500;
    std::deque<sheet> sheets(pairs);
    uint64_t sum = 0;
    co_await coil::with_group([&](coil::group& all) {
        for (sheet& each : sheets) {
            all.spawn(write_sheets(each, count / pairs));
            all.spawn(read_sheets(each, sum));
        }
    });
    co_return sum;
}

/// Wakes another strand before it computes as long as that does.
task<> wake_and_compute(coil::event& begins, uint64_t& state) {
    begins.set();
    state = bench::compute(state);
    co_return;
}
task<> wait_and_compute(coil::event& begins, uint64_t& state) {
    co_await begins.wait();
    state = bench::compute(state);
}

task<uint64_t> compute_in_pairs(uint64_t count) {
    uint64_t first = 1;
    uint64_t second = 2;
    for (uint64_t i = 0; i < count; i += 2) {
        coil::event begins;
        co_await coil::with_group([&](coil::group& both) {
            both.spawn(wait_and_compute(begins, first));
            both.spawn(wake_and_compute(begins, second));
        });
    }
    co_return first + second;
}

// --- budget ---

template <int Budget>
multi_thread_options with_budget() {
    return {.workers = 1, .budget = Budget};
}

task<> send_all(coil::channel<uint64_t, 1024>& to, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        if (!co_await to.send(i)) co_return;
    }
    to.close();
}
task<> receive_all(coil::channel<uint64_t, 1024>& from, uint64_t& sum) {
    while (auto item = co_await from.receive()) sum += *item;
}
task<uint64_t> pass_items(uint64_t count) {
    coil::channel<uint64_t, 1024> items;
    uint64_t sum = 0;
    co_await coil::with_group([&](coil::group& both) {
        both.spawn(send_all(items, count));
        both.spawn(receive_all(items, sum));
    });
    co_return sum;
}

/// Each piece of it is a microsecond's work; it never has to wait.
task<> work_without_a_pause(const bool& has_ended, uint64_t& sum) {
    coil::channel<uint64_t, 1> own;
    while (!has_ended) {
        for (int i = 0; i < 500; ++i) sum = sum * 31 + 7;
        if (!co_await own.send(sum) || !co_await own.receive()) co_return;
    }
}
/// Counts its own turns, beside ten that are busy: so it measures how long one waits.
task<uint64_t> wait_for_the_busy(uint64_t count) {
    bool has_ended = false;
    uint64_t sum = 0;
    co_await coil::with_group([&](coil::group& all) -> task<> {
        for (int i = 0; i < 10; ++i) all.spawn(work_without_a_pause(has_ended, sum));
        for (uint64_t i = 0; i < count; ++i) co_await coil::yield_now();
        has_ended = true;
    });
    co_return sum;
}

// --- pins_threads ---

multi_thread_options pinned_threads() {
    return {.workers = 2, .pins_threads = true};
}

/// A part for each worker, which no other one may take; each sleeps now and then, so
/// the system could move it.
coil::local_task<> compute_a_part(uint64_t count, uint64_t& state) {
    for (uint64_t i = 0; i < count; ++i) {
        state = bench::compute(state);
        if (i % 16 == 0) co_await coil::sleep(50us);
    }
}
template <multi_thread_options (*Options)(), bool IsCrowded>
uint64_t compute_parts(uint64_t count) {
    multi_thread_runtime runtime(Options());
    std::atomic<bool> has_ended = false;
    const auto crowd = [&] {
        uint64_t state = 0;
        while (IsCrowded && !has_ended) state = bench::compute(state);
    };
    std::thread other(crowd);
    uint64_t states[2] = {1, 2};
    const auto part = [&](unsigned worker) {
        return compute_a_part(count / 2, states[worker]);
    };
    runtime.run_on_each(part).take();
    has_ended = true;
    other.join();
    return states[0] + states[1];
}

// --- timer_resolution ---

multi_thread_options coarse_timers() {
    return {.workers = 1, .timer_resolution = 1ms};
}

task<> sleep_often(uint64_t times, coil::clock::duration pause) {
    for (uint64_t i = 0; i < times; ++i) co_await coil::sleep(pause);
}
/// A hundred that sleep, each for a time of its own.
task<uint64_t> sleep_beside_others(uint64_t count) {
    co_await coil::with_group([&](coil::group& all) {
        for (int i = 0; i < 100; ++i)
            all.spawn(sleep_often(count / 100, 1ms + i * 10us));
    });
    co_return count;
}
task<uint64_t> sleep_alone(uint64_t count) {
    co_await sleep_often(count, 200us);
    co_return count;
}

// --- blocking_threads_max ---

multi_thread_options many_blocking() {
    return {.workers = 1, .blocking_threads_max = 64};
}

task<> block(uint64_t times, uint64_t& state, bool computes) {
    const auto call = [&] {
        if (computes) {
            state = bench::compute(state);
        } else {
            ::poll(nullptr, 0, 1);  // as a disk that takes a millisecond
        }
    };
    for (uint64_t i = 0; i < times; ++i) co_await coil::blocking(call);
}
template <bool Computes>
task<uint64_t> block_beside_others(uint64_t count) {
    uint64_t states[64] = {};
    co_await coil::with_group([&](coil::group& all) {
        for (uint64_t& each : states) all.spawn(block(count / 64, each, Computes));
    });
    co_return std::accumulate(std::begin(states), std::end(states), uint64_t{0});
}

constexpr bench::row rows[] = {
    {"woken-cached", told<usual<1>, exchange_sheets>},
    {"woken-cached-told", told<queues_woken, exchange_sheets>},
    {"woken-computes", told<usual<2>, compute_in_pairs>},
    {"woken-computes-told", told<two_queue_woken, compute_in_pairs>},
    {"budget-waits", told<usual<1>, wait_for_the_busy>},
    {"budget-waits-told", told<with_budget<16>, wait_for_the_busy>},
    {"budget-passes", told<usual<1>, pass_items>},
    {"budget-passes-told", told<with_budget<16>, pass_items>},
    {"pins-alone", compute_parts<usual<2>, false>},
    {"pins-alone-told", compute_parts<pinned_threads, false>},
    {"pins-crowded", compute_parts<usual<2>, true>},
    {"pins-crowded-told", compute_parts<pinned_threads, true>},
    {"timers-many", told<usual<1>, sleep_beside_others>},
    {"timers-many-told", told<coarse_timers, sleep_beside_others>},
    {"timers-alone", told<usual<1>, sleep_alone>},
    {"timers-alone-told", told<coarse_timers, sleep_alone>},
    {"blocking-waits", told<usual<1>, block_beside_others<false>>},
    {"blocking-waits-told", told<many_blocking, block_beside_others<false>>},
    {"blocking-computes", told<usual<1>, block_beside_others<true>>},
    {"blocking-computes-told", told<many_blocking, block_beside_others<true>>},
};

}  // namespace

int main(int count, char** arguments) {
    return bench::measure({arguments, static_cast<std::size_t>(count)}, rows);
}
