// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/stop_source.hpp>
#include <coil/testing/probes.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <thread>

using namespace coil::testing;
using namespace std::chrono_literals;
using coil::stopped_by;

namespace {

coil::task<> ask_later(coil::stop_source& source) {
    co_await coil::sleep(1s);
    source.request_stop();
}

coil::task<int> work_for(coil::clock::duration time) {
    co_await coil::sleep(time);
    co_return 7;
}

}  // namespace

COIL_TEST("stop_source: stops what listens, and only that") {
    coil::stop_source source;
    const auto start = coil::now();
    co_await coil::with_group([&](coil::group& g) -> coil::task<> {
        g.spawn(ask_later(source));
        const auto in_time = co_await stopped_by(source, work_for(500ms));
        CHECK(in_time == 7);
        const auto stopped = co_await stopped_by(source, work_for(1h));
        CHECK_FALSE(stopped.has_value());
        CHECK(coil::now() == start + 1s);
        co_await coil::sleep(1s);  // it goes on
    });
    CHECK(source.stop_requested());
}

COIL_TEST("stop_source: asked before, work that has to wait does not begin to") {
    coil::stop_source source;
    source.request_stop();
    source.request_stop();
    const bool has_slept = co_await stopped_by(source, coil::sleep(1h));
    CHECK_FALSE(has_slept);
    auto ready = []() -> coil::task<int> { co_return 7; };
    const auto value = co_await stopped_by(source, ready());
    CHECK(value == 7);
}

COIL_TEST("stop_source: the reason is that somebody asked, and a late result counts") {
    coil::stop_source source;
    auto late = []() -> coil::task<coil::stop_reason> {
        const coil::context& scope = co_await scope_here();
        (void)co_await coil::as_outcome(never());
        co_return scope.reason();
    };
    const auto [reason, asked] =
        co_await coil::join(stopped_by(source, late()), ask_later(source));
    CHECK(reason == coil::stop_reason::requested);
}

COIL_TEST(
    "stop_source: a stop by somebody else passes on, also beside one of its own") {
    coil::stop_source source;
    words log;
    auto listen = [&](const char* name) -> coil::task<> {
        const trace unwound(log, name);
        (void)co_await stopped_by(source, never());
        log.push_back("not reached");
    };
    const bool by_time = co_await coil::with_timeout(1s, listen("a"));
    CHECK_FALSE(by_time);
    auto ask = [&]() -> coil::task<> {
        co_await coil::yield_now();
        source.request_stop();
    };
    co_await coil::race(ask(), listen("b"));
    CHECK(log == words{"~a", "~b"});
}

COIL_TEST("stop_source: several listen, and drops are awaited") {
    coil::stop_source source;
    words log;
    auto hold = [&](const char* name) {
        return coil::with([&log, name] { return resource(log, name); },
                          [](resource&) { return never(); });
    };
    auto [a, b, asked] = co_await coil::join(
        stopped_by(source, hold("a")),
        stopped_by(source, stopped_by(source, hold("b"))), ask_later(source));
    CHECK_FALSE(a);
    CHECK_FALSE(b.has_value());  // by the outer one, which has listened longer
    CHECK(log == words{"drop a", "drop b", "dropped a", "dropped b"});
}

#if COIL_EXCEPTIONS
COIL_TEST("stop_source: errors and references come through") {
    coil::stop_source source;
    auto fail = []() -> coil::task<> {
        co_await coil::yield_now();
        throw std::runtime_error("failed");
    };
    const auto failed = co_await coil::as_outcome(stopped_by(source, fail()));
    CHECK(failed.has_error());
    int number = 1;
    auto refer = [&]() -> coil::task<int&> { co_return number; };
    int* const found = co_await stopped_by(source, refer());
    CHECK(found == &number);
}
#endif

COIL_TEST("stop_source: a local one does the same") {
    coil::local::stop_source source;
    auto ask = [&]() -> coil::local_task<> {
        co_await coil::sleep(1s);
        source.request_stop();
    };
    const auto [stopped, asked] =
        co_await coil::join(stopped_by(source, never()), ask());
    CHECK_FALSE(stopped);
    CHECK(coil::shareable<coil::stop_source>);
    CHECK_FALSE(coil::sendable<coil::local::stop_source&>);
    CHECK(coil::is_local_v<decltype(stopped_by(source, never()))>);
}

namespace {

//! [a std::stop_token stops it]
coil::task<bool> serve_until(std::stop_token token) {
    coil::stop_source source;
    const std::stop_callback ask(token, [&] { source.request_stop(); });
    const bool has_ended = co_await stopped_by(source, coil::sleep(24h));
    co_return has_ended;
}
//! [a std::stop_token stops it]

constexpr coil::multi_thread_options four_workers = {.workers = 4};

}  // namespace

TEST_CASE("stop_source: a std::stop_token, from a thread outside of runtimes") {
    for (int i = 0; i < 50; ++i) {
        std::stop_source std_source;
        std::jthread outside([&] { std_source.request_stop(); });
        const bool has_ended = coil::run(serve_until(std_source.get_token()));
        CHECK_FALSE(has_ended);
    }
}

namespace {

using queue = coil::channel<std::unique_ptr<int>>;

struct totals {
    std::atomic<long> sent = 0;
    std::atomic<long> received = 0;
};

coil::task<> receive_some(queue& from, totals& all, coil::stop_source& source,
                          int turn) {
    for (;; ++turn) {
        auto pause = coil::sleep(std::chrono::microseconds(turn % 5));
        auto first =
            co_await stopped_by(source, coil::race(from.receive(), std::move(pause)));
        if (!first) co_return;
        if (first->index() == 0 && first->get<0>()) all.received += **first->get<0>();
    }
}

coil::task<> send_some(queue& to, totals& all, coil::stop_source& source) {
    for (int i = 1;; ++i) {
        const auto was_sent =
            co_await stopped_by(source, to.send(std::make_unique<int>(i)));
        if (!was_sent) co_return;
        all.sent += i;
        if (i == 20) source.request_stop();
    }
}

coil::task<> stop_each_other(int rounds) {
    for (int round = 0; round < rounds; ++round) {
        queue items(2);
        totals all;
        auto source = std::make_unique<coil::stop_source>();
        co_await coil::with_group([&](coil::group& g) {
            for (int i = 0; i < 3; ++i) g.spawn(receive_some(items, all, *source, i));
            for (int i = 0; i < 2; ++i) g.spawn(send_some(items, all, *source));
        });
        while (auto left = items.try_receive()) all.received += **left;
        CHECK(all.received == all.sent);
    }
}

}  // namespace

TEST_CASE("stop_source: between threads, what it stops loses nothing") {
    coil::multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(stop_each_other(300)).has_value());
}
