// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/run.hpp>
#include <coil/testing/death.hpp>
#include <coil/time/timeout.hpp>

#include <doctest/doctest.h>
#include <tests/net/connected.hpp>

#include <array>
#include <string>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

static_assert(byte_stream<net::tcp_stream>);
static_assert(vectored_reader<net::tcp_stream> && vectored_writer<net::tcp_stream>);

//! [an echo server]
task<> echo(net::tcp_stream peer) {
    std::array<std::byte, 4096> buffer;
    while (auto n = co_await peer.read(buffer))
        co_await write_all(peer, std::span(buffer).first(n));
}

task<> serve(net::tcp_listener& listener) {
    co_await with_group([&](auto& group) -> task<> {
        while (auto peer = co_await listener.next())
            group.spawn(echo(std::move(*peer)));
    });
}
//! [an echo server]

namespace {

task<std::string> ask(net::endpoint server, std::string question) {
    auto connection = co_await net::connect(server);
    co_await write_all(connection, question);
    std::string answer(question.size(), '\0');
    co_await read_exactly(connection, std::as_writable_bytes(std::span(answer)));
    co_return answer;
}

task<std::error_code> error_of(task<std::size_t> part) {
    try {
        co_await std::move(part);
    } catch (const std::system_error& error) {
        co_return error.code();
    }
    co_return std::error_code();
}
task<std::size_t> read_one(net::tcp_stream& from) {
    std::byte one{};
    co_return co_await from.read(std::span(&one, 1));
}

}  // namespace

TEST_CASE("tcp_stream: an echo server answers a hundred clients at once") {
    int answered = 0;
    auto asks = [&](net::endpoint server, int number) -> task<> {
        const std::string question = "question " + std::to_string(number);
        const std::string answer = co_await ask(server, question);
        answered += answer == question ? 1 : 0;
    };
    auto all = [&]() -> task<> {
        auto listener = co_await net::listen({});
        const auto server = listener.local_endpoint();
        auto clients = [&]() -> task<> {
            co_await with_group([&](auto& group) {
                for (int i = 0; i < 100; ++i) group.spawn(asks(server, i));
            });
            listener.close();
        };
        co_await join(serve(listener), clients());
    };
    run(all());
    CHECK(answered == 100);
}

TEST_CASE("tcp_stream: megabytes pass through both directions at once, unchanged") {
    constexpr std::size_t total = 4 << 20;
    const auto byte_at = [](std::size_t i) { return std::byte(i * 7 % 251); };
    auto writes = [&](net::tcp_stream& to) -> task<> {
        std::vector<std::byte> all(total);
        for (std::size_t i = 0; i < total; ++i) all[i] = byte_at(i);
        co_await write_all(to, all);
        to.shutdown();
    };
    auto reads = [&](net::tcp_stream& from) -> task<std::size_t> {
        std::vector<std::byte> piece(10'000);
        std::size_t right = 0;
        std::size_t at = 0;
        while (const std::size_t n = co_await from.read(piece)) {
            for (std::size_t i = 0; i < n; ++i) right += piece[i] == byte_at(at++);
        }
        co_return right;
    };
    auto both = [&]() -> task<> {
        auto [here, there] = co_await net::connect_both();
        auto [a, b, c, d] =
            co_await join(writes(here), reads(here), writes(there), reads(there));
        CHECK(b == total);
        CHECK(d == total);
    };
    run(both());
}

TEST_CASE("tcp_stream: after a half-close the other direction goes on") {
    auto closes = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        co_await write_all(here, "last words");
        here.shutdown();
        buffer heard;
        while (co_await read_some(there, heard) != 0) {}
        CHECK(heard.text() == "last words");
        co_await write_all(there, "heard");
        buffer answer;
        CHECK(co_await read_some(here, answer) == 5);
    };
    run(closes());
}

TEST_CASE("tcp_stream: reads that are stopped in a race lose no byte") {
    auto races = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        static constexpr std::size_t total = 2000;
        auto writes = [](net::tcp_stream& to) -> task<> {
            for (std::size_t i = 0; i < total; ++i) {
                const auto next = std::byte(i % 256);
                co_await write_all(to, std::span(&next, 1));
                if (i % 3 == 0) co_await yield_now();
            }
            to.shutdown();
        };
        auto reads = [](net::tcp_stream& from) -> task<> {
            std::size_t seen = 0;
            for (;;) {
                std::array<std::byte, 4> piece = {};
                auto winner = co_await race(from.read(piece), yield_now());
                if (winner.index() == 1) continue;
                const std::size_t n = winner.get<0>();
                if (n == 0) break;
                for (std::size_t i = 0; i < n; ++i) {
                    REQUIRE(piece[i] == std::byte(seen++ % 256));
                }
            }
            CHECK(seen == total);
        };
        co_await join(writes(here), reads(there));
    };
    run(races());
}

TEST_CASE("tcp_stream: a time limit ends a read, and the next one goes on") {
    auto limits = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        CHECK_FALSE(co_await with_timeout(1ms, read_one(there)));
        co_await write_all(here, "x");
        CHECK(co_await read_one(there) == 1);
    };
    run(limits());
}

TEST_CASE("tcp_stream: a peer that resets is an error, for a read and for a write") {
    auto vanishes = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        here.abort();
        CHECK(co_await error_of(read_one(there)) == std::errc::connection_reset);
        auto writes = [](net::tcp_stream& to) -> task<std::size_t> {
            for (;;) co_await write_all(to, "anybody there?");
        };
        CHECK(co_await error_of(writes(there)) == std::errc::broken_pipe);
    };
    run(vanishes());
}

TEST_CASE("tcp_stream: a writer that waits for room is woken when its peer vanishes") {
    auto vanishes = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        auto writes = [](net::tcp_stream& to) -> task<std::size_t> {
            const std::string much(100'000, 'x');
            for (;;) co_await write_all(to, much);
        };
        auto leaves = [](net::tcp_stream& peer) -> task<> {
            for (int i = 0; i < 100; ++i) co_await yield_now();
            peer.abort();
        };
        auto [error, left] = co_await join(error_of(writes(there)), leaves(here));
        CHECK(
            (error == std::errc::connection_reset || error == std::errc::broken_pipe));
    };
    run(vanishes());
}

TEST_CASE("tcp_stream: wait_readable takes nothing and needs no buffer") {
    auto waits = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        auto writes = [](net::tcp_stream& to) -> task<> {
            co_await yield_now();
            co_await write_all(to, "ab");
        };
        co_await join(there.wait_readable(), writes(here));
        co_await there.wait_readable();
        buffer seen;
        CHECK(co_await read_some(there, seen) == 2);
        here.close();
        co_await there.wait_readable();
        CHECK(co_await read_some(there, seen) == 0);
    };
    run(waits());
}

TEST_CASE("tcp_stream: try_read takes what is there, and waits for nothing") {
    auto tries = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        std::array<std::byte, 4> bytes = {};
        CHECK(there.try_read(bytes) == std::nullopt);
        co_await write_all(here, "abcdef");
        co_await there.wait_readable();
        CHECK(there.try_read(bytes) == 4);
        CHECK(bytes[3] == std::byte{'d'});
        CHECK(there.try_read(bytes) == 2);
        CHECK(there.try_read(bytes) == std::nullopt);
        auto writes = [](net::tcp_stream& to) -> task<> {
            co_await yield_now();
            co_await write_all(to, "gh");
        };
        co_await join(there.wait_readable(), writes(here));
        CHECK(there.try_read(bytes) == 2);
        here.close();
        co_await there.wait_readable();
        CHECK(there.try_read(bytes) == 0);
    };
    run(tries());
}

TEST_CASE("tcp_stream: connecting where nobody listens is an error") {
    auto refused = []() -> task<std::size_t> {
        auto listener = co_await net::listen({});
        const auto gone = listener.local_endpoint();
        listener.close();
        co_await net::connect(gone);
        co_return 0U;
    };
    CHECK(run(error_of(refused())) == std::errc::connection_refused);
}

TEST_CASE("tcp_stream: a connect that gets no answer can be stopped") {
    auto connects = []() -> task<> {
        auto listener = co_await net::listen({.backlog = 1});
        std::vector<net::tcp_stream> queued;  // until the system answers no more
        for (int i = 0; i < 20; ++i) {
            auto next =
                co_await with_timeout(5ms, net::connect(listener.local_endpoint()));
            if (!next) break;
            queued.push_back(std::move(*next));
        }
        CHECK(queued.size() < 20);
        CHECK_FALSE(queued.empty());
    };
    run(connects());
}

TEST_CASE("tcp_stream: connect takes a name") {
    auto connects = []() -> task<> {
        auto listener = co_await net::listen({});
        auto connection = co_await net::connect(
            {.host = "localhost", .port = listener.local_endpoint().port()});
        CHECK(connection.peer() == listener.local_endpoint());
    };
    run(connects());
}

TEST_CASE("tcp_stream: both ends know both addresses") {
    auto compares = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        CHECK(here.peer() == there.local_endpoint());
        CHECK(there.peer() == here.local_endpoint());
    };
    run(compares());
}

TEST_CASE("tcp_stream: closing it under a read that waits ends the program") {
    const std::string words = testing::last_words([] {
        auto closes = []() -> task<> {
            auto [here, there] = co_await net::connect_both();
            auto later = [](net::tcp_stream& closed) -> task<> {
                co_await yield_now();
                closed.close();
            };
            co_await join(read_one(there), later(there));
        };
        run(closes());
    });
    CHECK(testing::says(words, "nothing waits on a socket that is closed"));
}
