// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sockets of a runtime of many threads, whose strands move while they use them.
#include <coil/core/frame.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/testing/death.hpp>

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

using namespace coil;

namespace {

constexpr multi_thread_options four_workers = {.workers = 4};

/// Until the peer has written its last, or has gone.
task<> echo(net::tcp_stream peer) {
    std::array<std::byte, 512> bytes = {};
    try {
        while (const std::size_t count = co_await peer.read(bytes)) {
            co_await write_all(peer, std::span(bytes).first(count));
            co_await yield_now();  // to be taken by another thread
        }
    } catch (const std::system_error&) {}
}

task<> echo_all(net::tcp_listener& listener, int count) {
    co_await with_group([&](group& peers) -> task<> {
        for (int i = 0; i < count; ++i) {
            auto peer = co_await listener.next();
            if (!peer) co_return;
            peers.spawn(echo(std::move(*peer)));
        }
    });
}

/// Sends numbers and expects them back, through reads that are stopped again and again.
task<> ask(net::endpoint at, int times, std::atomic<int>& right, bool is_impatient) {
    net::tcp_stream peer = co_await net::connect(at);
    for (int i = 0; i < times; ++i) {
        std::array<std::byte, 4> sent = {std::byte(i), std::byte(i >> 8), std::byte(1),
                                         std::byte(2)};
        co_await write_all(peer, std::span(sent));
        std::array<std::byte, 4> received = {};
        std::size_t size = 0;
        while (size < received.size()) {
            const auto into = std::span(received).subspan(size);
            if (!is_impatient) {
                size += co_await peer.read(into);
                continue;
            }
            auto first = co_await race(peer.read(into), yield_now());
            if (first.index() == 0) size += first.get<0>();
        }
        if (received == sent) ++right;
    }
    peer.shutdown();
    std::array<std::byte, 1> none = {};
    if (co_await peer.read(none) == 0) ++right;
}

task<> serve_clients(int clients, int times, std::atomic<int>& right) {
    auto listener = co_await net::listen({});
    const net::endpoint at = listener.local_endpoint();
    co_await with_group([&](group& all) {
        all.spawn(echo_all(listener, clients));
        for (int i = 0; i < clients; ++i) all.spawn(ask(at, times, right, i % 2 == 0));
    });
}

}  // namespace

TEST_CASE("sockets: what many strands write comes back, on any number of threads") {
    for (const unsigned workers : {1U, 2U, 4U}) {
        const auto alive = count_frames().alive;
        std::atomic<int> right = 0;
        {
            multi_thread_runtime runtime({.workers = workers});
            runtime.run(serve_clients(24, 100, right)).take();
        }
        CHECK(right == 24 * 101);
        CHECK(count_frames().alive == alive);
    }
}

namespace {

constexpr std::size_t stream_length = 1 << 20;

task<> write_numbers(net::tcp_stream& peer) {
    std::vector<std::byte> chunk(4096);
    for (std::size_t sent = 0; sent < stream_length; sent += chunk.size()) {
        for (std::size_t i = 0; i < chunk.size(); ++i)
            chunk[i] = std::byte((sent + i) % 251);
        co_await write_all(peer, std::span<const std::byte>(chunk));
    }
    peer.shutdown();
}

task<> read_numbers(net::tcp_stream& peer, std::atomic<std::size_t>& right) {
    std::vector<std::byte> chunk(3000);
    std::size_t at = 0;
    while (const std::size_t count = co_await peer.read(chunk)) {
        for (std::size_t i = 0; i < count; ++i, ++at)
            right += chunk[i] == std::byte(at % 251) ? 1 : 0;
    }
}

}  // namespace

TEST_CASE("sockets: one strand may read what another one writes to") {
    std::atomic<std::size_t> right = 0;
    const auto both_ways = [&]() -> task<> {
        auto listener = co_await net::listen({});
        auto [client, server] =
            co_await join(net::connect(listener.local_endpoint()), listener.next());
        co_await with_group([&](group& all) {
            all.spawn(write_numbers(client));
            all.spawn(read_numbers(client, right));
            all.spawn(write_numbers(*server));
            all.spawn(read_numbers(*server, right));
        });
    };
    multi_thread_runtime runtime(four_workers);
    runtime.run(both_ways()).take();
    CHECK(right == 2 * stream_length);
}

TEST_CASE("sockets: those that wait are stopped on their own threads") {
    std::atomic<int> connected = 0;
    const auto wait_for_ever = [&](net::endpoint at) -> task<> {
        net::tcp_stream peer = co_await net::connect(at);
        ++connected;
        std::array<std::byte, 1> none = {};
        (void)co_await race(peer.read(none), peer.wait_closed());
        FAIL_CHECK("nothing came and nobody closed");
    };
    const auto stops = [&]() -> task<> {
        auto listener = co_await net::listen({});
        std::vector<net::tcp_stream> kept;
        co_await with_group([&](group& all) -> task<> {
            for (int i = 0; i < 50; ++i)
                all.spawn(wait_for_ever(listener.local_endpoint()));
            for (int i = 0; i < 50; ++i) kept.push_back(*co_await listener.next());
            while (connected < 50) co_await yield_now();
            all.request_stop();
        });
    };
    multi_thread_runtime runtime(four_workers);
    for (int i = 0; i < 20; ++i) {
        connected = 0;
        runtime.run(stops()).take();
    }
    CHECK(connected == 50);
}

TEST_CASE("sockets: a strand may close what another thread was told of") {
    const auto open_and_close = [](net::endpoint at, int times) -> task<> {
        for (int i = 0; i < times; ++i) {
            net::tcp_stream peer = co_await net::connect(at);
            std::array<std::byte, 8> bytes = {};
            co_await write_all(peer, "abc");
            (void)co_await race(peer.read(bytes), yield_now());
            co_await yield_now();
        }  // its echo may arrive just now
    };
    const auto all_of_them = [&]() -> task<> {
        auto listener = co_await net::listen({});
        co_await with_group([&](group& all) {
            all.spawn(echo_all(listener, 8 * 50));
            for (int i = 0; i < 8; ++i)
                all.spawn(open_and_close(listener.local_endpoint(), 50));
        });
    };
    multi_thread_runtime runtime(four_workers);
    for (int i = 0; i < 5; ++i) CHECK(runtime.run(all_of_them()).has_value());
}

TEST_CASE("sockets: to await one on another runtime ends the program with a text") {
    const std::string said = testing::last_words([] {
        multi_thread_runtime mine(four_workers);
        multi_thread_runtime other(four_workers);
        const auto accept_there = [&]() -> task<> {
            auto listener = co_await net::listen({});
            co_await on(other.any_worker(), [&] { return listener.next(); });
        };
        mine.run(accept_there()).take();
    });
    CHECK(testing::says(said, "a socket is awaited on another runtime"));
}

TEST_CASE("sockets: one that outlives its runtime of many threads ends the program") {
    const std::string said = testing::last_words([] {
        std::optional<net::tcp_listener> kept;
        multi_thread_runtime runtime(four_workers);
        const auto keep = [&]() -> task<> { kept = co_await net::listen({}); };
        runtime.run(keep()).take();
    });
    CHECK(testing::says(said, "a socket outlived its runtime"));
}

namespace {

/// Until it is closed.
task<> take_all(net::tcp_listener& from, std::atomic<int>& closed) {
    while (const auto peer = co_await from.next()) {}
    CHECK_FALSE(co_await from.next());
    ++closed;
}

task<> close_after(net::tcp_listener& closed, int turns) {
    for (int i = 0; i < turns; ++i) co_await yield_now();
    closed.close();
    CHECK_FALSE(closed.is_open());
}

task<> knock(net::endpoint at) {
    try {
        for (int i = 0; i < 4; ++i) (void)co_await net::connect(at);
    } catch (const std::system_error&) {}  // it is closed
}

task<> open_and_close_often(int times, std::atomic<int>& closed) {
    std::uint16_t port = 0;  // the same again and again: it is free once it was closed
    for (int i = 0; i < times; ++i) {
        auto listener = co_await net::listen({.port = port});
        port = listener.local_endpoint().port();
        co_await with_group([&](group& all) {
            all.spawn(take_all(listener, closed));
            all.spawn(knock(listener.local_endpoint()));
            all.spawn(close_after(listener, i % 7));
            all.spawn(close_after(listener, i % 5));
        });
    }
}

}  // namespace

TEST_CASE("tcp_listener: any strand may close it, and a next elsewhere ends empty") {
    std::atomic<int> closed = 0;
    const auto many = [&]() -> task<> {
        co_await with_group([&](group& all) {
            for (int i = 0; i < 3; ++i) all.spawn(open_and_close_often(100, closed));
        });
    };
    multi_thread_runtime runtime(four_workers);
    runtime.run(many()).take();
    CHECK(closed == 300);
}

TEST_CASE("tcp_listener: a thread outside may close that of many threads") {
    std::atomic<int> closed = 0;
    const auto closes_outside = [&]() -> task<> {
        auto listener = co_await net::listen({});
        std::jthread outside;
        auto starts = [&]() -> task<> {
            outside = std::jthread([&] { listener.close(); });
            co_return;
        };
        co_await join(take_all(listener, closed), starts());
    };
    multi_thread_runtime runtime(four_workers);
    for (int i = 0; i < 20; ++i) runtime.run(closes_outside()).take();
    CHECK(closed == 20);
}

TEST_CASE("tcp_listener: one that was stopped when it was closed frees its port") {
    const auto closes_and_stops = [](std::uint16_t& port) -> task<> {
        auto listener = co_await net::listen({});
        port = listener.local_endpoint().port();
        const auto closes = [&]() -> task<> {
            listener.close();
            co_return;
        };
        (void)co_await race(listener.next(), closes());
        (void)co_await net::listen({.port = port});
    };
    std::uint16_t port = 0;
    multi_thread_runtime runtime(four_workers);
    CHECK(runtime.run(closes_and_stops(port)).has_value());
}

namespace {

/// A read that says what it was told.
struct watched_read final : io_operation {
    explicit watched_read(const io_handle& from) noexcept
        : io_operation(kind::read, &from.source(), nullptr, 0) {
        bytes = room.data();
        size = room.size();
    }
    void ready(bool) noexcept override { was_told = true; }
    void finished() noexcept override {}
    void stopped() noexcept override {}
    std::array<std::byte, 8> room = {};
    bool was_told = false;
};

task<> look_twice() {
    int ends[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    io_driver& driver = current_io_driver();
    const io_handle here(driver, ends[0]);
    const io_handle there(driver, ends[1]);
    watched_read reading(here);
    CHECK_FALSE(driver.try_now(reading));
    CHECK(driver.start(reading));
    CHECK(::send(ends[1], "a", 1, 0) == 1);
    driver.wait(instant::min());
    CHECK(reading.was_told);
    CHECK(driver.try_now(reading));
    CHECK(reading.result == 1);
    CHECK_FALSE(driver.try_now(reading));
    // Now another thread is told that there is more, before this one begins to wait.
    CHECK(::send(ends[1], "b", 1, 0) == 1);
    driver.wait(instant::min());
    CHECK_FALSE(driver.start(reading));
    CHECK(driver.try_now(reading));
    CHECK(reading.result == 1);
    co_return;
}

}  // namespace

TEST_CASE("sockets: what comes between the look and the wait is not missed") {
    multi_thread_runtime runtime({.workers = 1});
    runtime.run(look_twice()).take();
}
