// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program on one thread does all the time. tests/law9/no_atomics.sh looks into
// the object file: no instruction in it may lock the bus.
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/core/race.hpp>
#include <coil/core/task.hpp>
#include <coil/core/with.hpp>
#include <coil/core/yield.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

using namespace std::chrono_literals;

struct connection {
    coil::local_task<> async_drop() { co_await coil::yield_now(); }
};

coil::local_task<int> produce(coil::local::channel<int, 4>& queue,
                              coil::local::event& ready) {
    co_await ready.wait();
    for (int i = 0; i < 3; ++i) {
        const bool is_sent = co_await queue.send(i);
        if (!is_sent) break;
        co_await coil::yield_now();
    }
    queue.close();
    co_return 3;
}

coil::local_task<int> consume(coil::local::channel<int, 4>& queue,
                              coil::owned<connection> link) {
    co_await coil::own(std::move(*link));
    int sum = 0;
    while (auto item = co_await queue.receive()) sum += *item;
    co_return sum;
}

coil::local_task<int> work() {
    coil::local::channel<int, 4> queue;
    coil::local::event ready;
    ready.set();
    auto [sent, sum] =
        co_await coil::join(produce(queue, ready), consume(queue, connection()));
    const auto in_time = co_await coil::with_timeout(1s, coil::sleep(1ms));
    co_await coil::race(coil::sleep(1s), coil::yield_now());
    co_await coil::with(connection(), [](connection&) { return coil::yield_now(); });
    co_await coil::with_group([](coil::group& g) { g.spawn(coil::yield_now()); });
    co_return in_time ? sent + sum : 0;
}
