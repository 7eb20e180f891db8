// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several buffers by one call, with both drivers.
#include <coil/core/as_outcome.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/split.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/parallel/parallel.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/run.hpp>

#include <doctest/doctest.h>
#include <tests/net/connected.hpp>

#include <array>
#include <string>
#include <vector>

using namespace coil;

static_assert(sendable<reading_half<net::tcp_stream>>);
static_assert(sendable<writing_half<net::tcp_stream>>);

namespace {

std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}
std::span<std::byte> room(std::string& text) {
    return std::as_writable_bytes(std::span(text));
}
std::byte byte_at(std::size_t position) {
    return std::byte(position * 7 % 251);
}

/// Writes so many bytes, in buffers of unlike sizes.
template <class To>
task<> write_in_parts(To& to, std::size_t total) {
    std::vector<std::byte> all(total);
    for (std::size_t i = 0; i < total; ++i) all[i] = byte_at(i);
    std::vector<std::span<const std::byte>> parts;
    const std::span<const std::byte> rest = all;
    for (std::size_t at = 0, size = 1; at < total; size = size * 5 % 100'003) {
        parts.push_back(rest.subspan(at, std::min(size, total - at)));
        at += parts.back().size();
    }
    co_await write_all(to, parts);
    to.shutdown();
}
/// Reads to the end, into buffers of unlike sizes; gives how many were right.
template <class From>
task<std::size_t> read_in_parts(From& from) {
    std::vector<std::byte> all(10'000);
    const std::span<std::byte> whole = all;
    const std::array parts = {whole.first(0), whole.first(3), whole.subspan(3, 5'000),
                              whole.subspan(5'003)};
    std::size_t at = 0;
    std::size_t right = 0;
    while (const std::size_t count = co_await from.read_vectored(parts)) {
        for (std::size_t i = 0; i < count; ++i) right += all[i] == byte_at(at++);
    }
    co_return right;
}

}  // namespace

TEST_CASE("tcp_stream: one call writes several buffers, and one reads into several") {
    auto carries = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        const std::array sent = {bytes("head "), bytes(""), bytes("bo"), bytes("dy")};
        CHECK(co_await here.write_vectored(sent) == 9);
        co_await there.wait_readable();
        std::string first(3, ' ');
        std::string second(20, ' ');
        const std::array into = {room(first), room(second)};
        CHECK(co_await there.read_vectored(into) == 9);
        CHECK(first == "hea");
        CHECK(second.substr(0, 6) == "d body");
        here.shutdown();
        CHECK(co_await there.read_vectored(into) == 0);
    };
    run(carries());
}

TEST_CASE("tcp_stream: many empty buffers do not hide the one behind them") {
    auto carries = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        std::vector<std::span<const std::byte>> sent(1000);
        sent.push_back(bytes("at last"));
        CHECK(co_await here.write_vectored(sent) == 7);
        std::string text(20, ' ');
        std::vector<std::span<std::byte>> into(1000);
        into.push_back(room(text));
        CHECK(co_await there.read_vectored(into) == 7);
        CHECK(text.substr(0, 7) == "at last");
    };
    run(carries());
}

TEST_CASE("tcp_stream: megabytes in many buffers pass both ways, unchanged") {
    static constexpr std::size_t total = 4 << 20;
    auto both = []() -> task<> {
        auto [here, there] = co_await net::connect_both();
        auto [a, b, c, d] =
            co_await join(write_in_parts(here, total), read_in_parts(here),
                          write_in_parts(there, total), read_in_parts(there));
        CHECK(b == total);
        CHECK(d == total);
    };
    run(both());
}

TEST_CASE("tcp_stream: several buffers that are stopped in a race lose no byte") {
    static constexpr std::size_t total = 3 << 20;
    auto writes = [](net::tcp_stream& to) -> task<> {
        std::array<std::byte, 3000> next = {};
        const std::span<const std::byte> all = next;
        const std::array parts = {all.first(10), all.subspan(10, 990),
                                  all.subspan(1000)};
        for (std::size_t sent = 0; sent < total;) {
            for (std::size_t i = 0; i < next.size(); ++i) next[i] = byte_at(sent + i);
            auto winner = co_await race(to.write_vectored(parts), yield_now());
            if (winner.index() == 0) sent += winner.get<0>();
        }
        to.shutdown();
    };
    auto reads = [](net::tcp_stream& from) -> task<> {
        std::array<std::byte, 5000> piece = {};
        const std::span<std::byte> all = piece;
        const std::array parts = {all.first(7), all.subspan(7)};
        std::size_t seen = 0;
        std::size_t right = 0;
        for (;;) {
            auto winner = co_await race(from.read_vectored(parts), yield_now());
            if (winner.index() == 1) continue;
            const std::size_t count = winner.get<0>();
            if (count == 0) break;
            for (std::size_t i = 0; i < count; ++i)
                right += piece[i] == byte_at(seen++);
        }
        CHECK(seen >= total);
        CHECK(right == seen);
    };
    auto races = [&]() -> task<> {
        auto [here, there] = co_await net::connect_both();
        co_await join(writes(here), reads(there));
    };
    run(races());
}

TEST_CASE(
    "tcp_stream: several buffers to a peer that has gone are an error, no signal") {
    auto vanishes = []() -> task<std::error_code> {
        auto [here, there] = co_await net::connect_both();
        here.abort();
        co_await there.wait_gone();
        try {
            for (;;) {
                const std::array all = {bytes("anybody "), bytes("there?")};
                co_await write_all(there, all);
            }
        } catch (const std::system_error& error) {
            co_return error.code();
        }
    };
    const std::error_code seen = run(vanishes());
    CHECK((seen == std::errc::broken_pipe || seen == std::errc::connection_reset));
}

TEST_CASE("tcp_stream: its halves go to two strands, on any thread, and come back") {
    static constexpr std::size_t total = 1 << 20;
    multi_thread_runtime runtime({.workers = 2});
    auto echoes = [](net::tcp_stream whole) -> task<> {
        auto [reading, writing] = split(std::move(whole));
        std::vector<std::byte> piece(4096);
        while (const std::size_t count = co_await reading.read(piece))
            co_await write_all(writing, std::span(piece).first(count));
        net::tcp_stream again = reunite(std::move(reading), std::move(writing));
        again.shutdown();
    };
    auto writes = [](writing_half<net::tcp_stream> to) -> task<> {
        co_await write_in_parts(to, total);
    };
    auto reads = [](reading_half<net::tcp_stream> from) -> task<std::size_t> {
        co_return co_await read_in_parts(from);
    };
    auto all = [&]() -> task<std::size_t> {
        auto [here, there] = co_await net::connect_both();
        auto [reading, writing] = split(std::move(here));
        auto [a, right, c] =
            co_await parallel(writes(std::move(writing)), reads(std::move(reading)),
                              echoes(std::move(there)));
        co_return right;
    };
    CHECK(runtime.run(all()).value() == total);
}
