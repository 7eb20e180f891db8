// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/run.hpp>
#include <coil/stream/stream.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>

using namespace coil;

static_assert(stream<net::tcp_listener>);

namespace {
/// Leaves this process room for `room` more descriptors.
class few_descriptors {
public:
    explicit few_descriptors(rlim_t room) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(STDERR_FILENO);  // the lowest that is free
        ::close(next);
        const rlimit few = {static_cast<rlim_t>(next) + room, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    few_descriptors(const few_descriptors&) = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_ = {};
};
}  // namespace

TEST_CASE("tcp_listener: the system chooses a port that can be asked for") {
    auto listens = []() -> task<> {
        auto listener = co_await net::listen({});
        CHECK(listener.local_endpoint().port() != 0);
        CHECK(to_string(listener.local_endpoint()).starts_with("127.0.0.1:"));
    };
    run(listens());
}

TEST_CASE("tcp_listener: a port that is taken is an error that can be told") {
    auto listens = []() -> task<std::errc> {
        auto first = co_await net::listen({});
        try {
            co_await net::listen({.port = first.local_endpoint().port()});
        } catch (const std::system_error& error) {
            co_return std::errc(error.code().value());
        }
        co_return std::errc();
    };
    CHECK(run(listens()) == std::errc::address_in_use);
}

TEST_CASE("tcp_listener: next is empty once it was closed") {
    auto closes = []() -> task<> {
        auto listener = co_await net::listen({});
        listener.close();
        CHECK_FALSE(co_await listener.next());
        CHECK_FALSE(listener.is_open());
    };
    run(closes());
}

TEST_CASE("tcp_listener: closing it ends a next that waits, with nothing") {
    auto closes = []() -> task<> {
        auto listener = co_await net::listen({});
        auto later = [](net::tcp_listener& closed) -> task<> {
            co_await yield_now();
            closed.close();
        };
        auto [peer, left] = co_await join(listener.next(), later(listener));
        CHECK_FALSE(peer);
        CHECK_FALSE(co_await listener.next());
    };
    run(closes());
}

TEST_CASE("tcp_listener: a next that loses a race loses no connection") {
    auto races = []() -> task<> {
        auto listener = co_await net::listen({});
        constexpr int total = 50;
        auto takes = [](net::tcp_listener& from) -> task<int> {
            int taken = 0;
            while (taken < total) {
                auto winner = co_await race(from.next(), yield_now());
                if (winner.index() == 0) ++taken;
            }
            co_return taken;
        };
        auto connects = [](net::endpoint to) -> task<> {
            for (int i = 0; i < total; ++i) co_await net::connect(to);
        };
        auto [taken, connected] =
            co_await join(takes(listener), connects(listener.local_endpoint()));
        CHECK(taken == total);
    };
    run(races());
}

TEST_CASE("tcp_listener: a connection that vanished in the queue does no harm") {
    auto vanishes = []() -> task<> {
        auto listener = co_await net::listen({});
        auto gone = co_await net::connect(listener.local_endpoint());
        gone.abort();
        auto stays = co_await net::connect(listener.local_endpoint());
        co_await write_all(stays, "x");
        for (;;) {
            auto peer = co_await listener.next();
            std::byte one{};
            try {
                if (co_await peer->read(std::span(&one, 1)) == 1) break;
            } catch (const std::system_error&) {
                continue;  // the one that has gone
            }
        }
    };
    run(vanishes());
}

TEST_CASE("tcp_listener: short of descriptors it pauses, and goes on afterwards") {
    auto accepts = []() -> task<> {
        auto listener = co_await net::listen({});
        // UBSan needs descriptors itself when it first meets a type: let it meet them.
        const auto soon = std::chrono::milliseconds(1);
        const auto met =
            co_await join(listener.next(), net::connect(listener.local_endpoint()));
        co_await race(listener.next(), sleep(soon), with_timeout(soon, sleep(soon)));
        auto client = co_await net::connect(listener.local_endpoint());
        auto runs_short = [](net::tcp_listener& from) -> task<> {
            const few_descriptors here(0);
            auto tries = [&]() -> task<> {
                co_await from.next();
                FAIL("a connection without a descriptor");
            };
            auto winner = co_await race(tries(), sleep(std::chrono::milliseconds(1)));
            CHECK(winner.index() == 1);
        };
        co_await runs_short(listener);
        const bool is_there = (co_await listener.next()).has_value();
        CHECK(is_there);
    };
    run(accepts());
}

TEST_CASE("tcp_listener: stopped work closes its sockets, and the port is free again") {
    auto restarts = []() -> task<> {
        std::uint16_t port = 0;
        for (int i = 0; i < 3; ++i) {
            auto serves = [&]() -> task<> {
                auto listener = co_await net::listen({.port = port});
                port = listener.local_endpoint().port();
                auto client = co_await net::connect(listener.local_endpoint());
                co_await with_group([&](auto& group) -> task<> {
                    for (;;) {
                        auto peer = co_await listener.next();
                        group.spawn([](net::tcp_stream held) -> task<> {
                            std::array<std::byte, 8> piece = {};
                            co_await held.read(piece);
                        }(std::move(*peer)));
                    }
                });
            };
            auto winner = co_await race(serves(), sleep(std::chrono::milliseconds(2)));
            CHECK(winner.index() == 1);
        }
    };
    run(restarts());
}
