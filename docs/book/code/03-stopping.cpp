// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/coil.hpp>

#include <cstdio>

using namespace std::chrono_literals;

//! [unwinds]
struct note {
    const char* text;
    ~note() { std::printf("%s%s\n", text, coil::is_unwinding() ? ", by a stop" : ""); }
};

coil::task<> inner() {
    note n{"inner ends"};
    co_await coil::sleep(1h);
    std::puts("never printed");
}

coil::task<> outer() {
    note n{"outer ends"};
    try {
        co_await inner();
    } catch (...) {
        std::puts("never printed: a stop is no exception");
    }
}

coil::task<> unwinds() {
    bool in_time = co_await coil::with_timeout(1ms, outer());  // bool, as outer is void
    std::puts(in_time ? "in time" : "timed out");
}
//! [unwinds]

//! [outcome]
coil::task<> looks() {
    coil::outcome<> ended = co_await coil::as_outcome(coil::stop_here());
    std::printf("value %d, error %d, stopped %d\n", ended.has_value(),
                ended.has_error(), ended.is_stopped());
}
//! [outcome]

//! [source]
coil::task<> download() {
    for (;;) co_await coil::sleep(1ms);
}

coil::task<> cancel_from_a_thread() {
    coil::stop_source cancel;  // may be used from any thread
    auto [done, unused] = co_await coil::join(
        coil::stopped_by(cancel, download()),
        coil::blocking([&] { cancel.request_stop(); }));  // on another thread
    std::puts(done ? "done" : "cancelled");
}
//! [source]

//! [computing]
coil::task<long> count_up() {
    long n = 0;
    while (!co_await coil::stop_requested()) ++n;
    co_return n;  // a value is delivered even now
}

coil::task<> computing() {
    auto n = co_await coil::with_timeout(1ms, count_up());
    std::puts(n && *n > 0 ? "stopped by itself, with a value" : "no value");
}
//! [computing]

//! [shield]
coil::task<> save() {
    co_await coil::sleep(5ms);
    std::puts("saved");
}

coil::task<> careful() {
    co_await coil::shield(save());  // is not heard while it runs
    std::puts("not reached: the stop is still there");
    co_await coil::yield_now();
    std::puts("never printed");
}

coil::task<> shielded() {
    co_await coil::race(coil::sleep(1ms), careful());
}
//! [shield]

//! [loop]
coil::task<> loop() {
    coil::channel<int> queue(4);
    coil::interval every(2ms);
    auto produce = [](coil::channel<int>& to) -> coil::task<> {
        for (int i = 1; i <= 3; ++i) {
            co_await coil::sleep(5ms);
            (void)co_await to.send(i);
        }
        to.close();
    };
    auto consume = [](coil::channel<int>& from,
                      coil::interval& tick) -> coil::task<int> {
        int sum = 0;
        for (;;) {
            auto news = co_await coil::race(from.next(), tick.next());
            if (news.index() == 1) continue;  // a tick; the item is not lost
            auto& item = news.get<0>();
            if (!item) co_return sum;
            sum += *item;
        }
    };
    auto [unused, sum] = co_await coil::join(produce(queue), consume(queue, every));
    std::printf("sum %d\n", sum);
}
//! [loop]

coil::task<> all() {
    co_await unwinds();
    co_await looks();
    co_await cancel_from_a_thread();
    co_await computing();
    co_await shielded();
    co_await loop();
}

//! [run]
coil::task<int> gives_up() {
    co_await coil::stop_here();
    co_return 1;
}

int main() {
    coil::run(all());
    try {
        coil::run(gives_up());
    } catch (const coil::stopped_error& error) {
        std::puts(error.what());
    }
}
//! [run]
