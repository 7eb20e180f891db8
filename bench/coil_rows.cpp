// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/run.hpp>
#include <coil/stream/generator.hpp>
#include <coil/sync/channel.hpp>
#include <coil/time/sleep.hpp>

#include "measure.hpp"

#include <deque>

namespace {

using coil::local_task;
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

task<uint64_t> spawn_thousands(uint64_t count) {
    uint64_t sum = 0;
    while (sum < count) {
        co_await coil::with_group([&sum](coil::group& group) {
            for (int i = 0; i < 1000; ++i) group.spawn(add_one_to(sum));
        });
    }
    co_return sum;
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

// --- channels ---

using single = coil::local::channel<uint64_t, 1>;

template <class Channel>
local_task<> send_all(Channel& to, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        if (!co_await to.send(i)) co_return;
    }
    to.close();
}

template <class Channel>
local_task<> receive_all(Channel& from, uint64_t& sum) {
    while (auto item = co_await from.receive()) sum += *item;
}

local_task<uint64_t> pass_through_buffer(uint64_t count) {
    coil::local::channel<uint64_t, 64> items;
    uint64_t sum = 0;
    co_await coil::with_group([&](coil::group& group) {
        group.spawn(send_all(items, count));
        group.spawn(receive_all(items, sum));
    });
    co_return sum;
}

local_task<> serve(single& to, single& from, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
        if (!co_await to.send(i)) co_return;
        if (!co_await from.receive()) co_return;
    }
    to.close();
}

local_task<> give_back(single& from, single& to) {
    while (auto ball = co_await from.receive()) {
        if (!co_await to.send(*ball)) co_return;
    }
}

local_task<uint64_t> ping_pong(uint64_t count) {
    single there;
    single back;
    co_await coil::with_group([&](coil::group& group) {
        group.spawn(serve(there, back, count));
        group.spawn(give_back(there, back));
    });
    co_return count;
}

template <auto Work>
uint64_t run(uint64_t count) {
    return coil::run(Work(count));
}

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
    {"channel-buffered", run<pass_through_buffer>},
    {"channel-ping-pong", run<ping_pong>},
};

}  // namespace

int main(int count, char** arguments) {
    return bench::measure({arguments, static_cast<std::size_t>(count)}, rows);
}
