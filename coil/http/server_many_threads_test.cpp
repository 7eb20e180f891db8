// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server whose connections, handlers and clients are on several threads.
#include <coil/core/group.hpp>
#include <coil/core/yield.hpp>
#include <coil/http/server.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/semaphore.hpp>

#include <doctest/doctest.h>
#include <tests/http/wire_client.hpp>

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>

using namespace coil;
using namespace coil::http;
using namespace std::chrono_literals;

namespace {

constexpr multi_thread_options four_workers = {.workers = 4};

// Serves while `clients(server)` run, and drains when they have ended, if not before.
template <class Handler, class Clients>
server_stats served(limits granted, const Handler& handler, const Clients& clients) {
    const std::size_t frames_before = count_frames().alive;
    server_stats last;
    const auto both = [&]() -> task<> {
        server whole(co_await net::listen({}), granted);
        const auto ask = [&]() -> task<> {
            co_await clients(whole);
            whole.start_drain();
        };
        co_await with_group([&](group& all) {
            all.spawn(whole.serve(handler));
            all.spawn(ask());
        });
        last = whole.stats();
    };
    {
        multi_thread_runtime runtime(four_workers);
        runtime.run(both()).take();
    }
    CHECK(last.open == 0);
    CHECK(last.in_flight == 0);
    CHECK(count_frames().alive == frames_before);
    return last;
}

task<> ask_often(server& at, int times, std::atomic<int>& right) {
    wire_client one = co_await connect_to(at);
    for (int i = 0; i < times; ++i) {
        const std::string path = "/" + std::to_string(i);
        co_await one.send(asking("GET " + path));
        const answer got = co_await one.receive();
        if (got.body == path) ++right;
    }
}

}  // namespace

TEST_CASE("many threads: every request is answered, and counted once") {
    std::atomic<int> right = 0;
    std::mutex mutex;
    std::set<std::thread::id> threads;
    const auto name_path = [&](request& asked) -> task<response> {
        co_await yield_now();
        {
            const std::scoped_lock lock(mutex);
            threads.insert(std::this_thread::get_id());
        }
        co_return response::text(std::string(asked.path()));
    };
    const auto clients = [&](server& at) -> task<> {
        co_await with_group([&](group& all) {
            for (int i = 0; i < 32; ++i) all.spawn(ask_often(at, 50, right));
        });
    };
    const server_stats last = served({}, name_path, clients);
    CHECK(right == 32 * 50);
    CHECK(last.requests == 32 * 50);
    CHECK(last.connections == 32);
    CHECK(threads.size() > 1);
}

TEST_CASE("many threads: no more requests are in flight than the limit says") {
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    const auto crowded = [&](request&) -> task<response> {
        const int now_inside = ++inside;
        int seen = most;
        while (now_inside > seen && !most.compare_exchange_weak(seen, now_inside)) {}
        for (int i = 0; i < 20; ++i) co_await yield_now();
        --inside;
        co_return response::text("/0");
    };
    std::atomic<int> answered = 0;
    const auto clients = [&](server& at) -> task<> {
        co_await with_group([&](group& all) {
            for (int i = 0; i < 32; ++i) all.spawn(ask_often(at, 20, answered));
        });
    };
    limits granted;
    granted.requests_in_flight_max = 3;
    const server_stats last = served(granted, crowded, clients);
    CHECK(most <= 3);
    CHECK(last.in_flight_peak <= 3);
    CHECK(last.requests == 32 * 20);
    CHECK(last.shed > 0);
}

TEST_CASE("many threads: a drain ends idle connections wherever they wait") {
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> closed = 0;
        const auto at_once = [](request&) { return response::text("/0"); };
        const auto wait_for_end = [&](server& at, semaphore& answered) -> task<> {
            wire_client kept = co_await connect_to(at);
            co_await kept.send(asking("GET /"));
            (void)co_await kept.receive();
            answered.add(1);
            const std::string rest = co_await kept.rest();
            if (rest.empty()) ++closed;
        };
        const auto clients = [&](server& at) -> task<> {
            semaphore answered(0);
            co_await with_group([&](group& all) -> task<> {
                for (int i = 0; i < 16; ++i) all.spawn(wait_for_end(at, answered));
                const auto all_of_them = co_await answered.acquire(16);
                at.start_drain();
            });
        };
        served({}, at_once, clients);
        CHECK(closed == 16);
    }
}

TEST_CASE("many threads: a handler whose client goes is stopped on its own thread") {
    std::atomic<int> stopped = 0;
    struct mark {
        std::atomic<int>& count;
        ~mark() {
            if (is_unwinding()) ++count;
        }
    };
    event never;
    const auto waits = [&](request&) -> task<response> {
        const mark here{stopped};
        co_await never.wait();
        co_return response::text("never");
    };
    const auto leave = [](server& at) -> task<> {
        wire_client one = co_await connect_to(at);
        co_await one.send(asking("GET /"));
        while (at.stats().in_flight == 0) co_await yield_now();
    };
    const auto clients = [&](server& at) -> task<> {
        for (int i = 0; i < 10; ++i) {
            co_await with_group([&](group& all) {
                for (int k = 0; k < 8; ++k) all.spawn(leave(at));
            });
        }
        while (at.stats().open != 0) co_await yield_now();
    };
    const server_stats last = served({}, waits, clients);
    CHECK(last.vanished == stopped);
    CHECK(stopped > 0);
}
