// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

#include <array>

using namespace coil;

static_assert(byte_stream<duplex::end>);
static_assert(vectored_reader<duplex::end> && vectored_writer<duplex::end>);
static_assert(byte_reader<byte_pipe> && byte_writer<byte_pipe>);
static_assert(sendable<byte_pipe&> && !shareable<byte_pipe>);

//! [a connection without a network]
COIL_TEST("byte_pipe: a duplex carries bytes both ways") {
    duplex connection;
    auto client = connection.first();
    auto server = connection.second();
    std::array<char, 4> asked = {};
    std::array<char, 4> answered = {};
    co_await write_all(client, "ping");
    CHECK(co_await read_exactly(server, std::as_writable_bytes(std::span(asked))));
    co_await write_all(server, "pong");
    CHECK(co_await read_exactly(client, std::as_writable_bytes(std::span(answered))));
    CHECK(std::string_view(asked.data(), 4) == "ping");
    CHECK(std::string_view(answered.data(), 4) == "pong");
}
//! [a connection without a network]

COIL_TEST("byte_pipe: a writer waits while the pipe is full") {
    byte_pipe pipe(3);
    buffer seen;
    co_await join(write_all(pipe, "abcdefgh"), [&]() -> task<> {
        CHECK(pipe.size() == 3);
        while (seen.size() < 8) co_await read_some(pipe, seen, 100);
    }());
    CHECK(seen.text() == "abcdefgh");
}

COIL_TEST("byte_pipe: a read after the last byte gives 0, again and again") {
    byte_pipe pipe;
    buffer seen;
    co_await write_all(pipe, "x");
    pipe.close_writing();
    CHECK(co_await read_some(pipe, seen) == 1);
    CHECK(co_await read_some(pipe, seen) == 0);
    CHECK(co_await read_some(pipe, seen) == 0);
}

COIL_TEST("byte_pipe: a write that nobody will read is an error") {
    byte_pipe pipe(1);
    const auto written = [&]() -> task<> { co_await write_all(pipe, "abc"); };
    bool failed = false;
    auto closes = [&]() -> task<> {
        co_await yield_now();
        pipe.close_reading();
    };
    auto tries = [&]() -> task<> {
        try {
            co_await written();
        } catch (const broken_pipe&) {
            failed = true;
        }
    };
    co_await join(tries(), closes());
    CHECK(failed);
}

COIL_TEST("byte_pipe: reads that lose a race take nothing") {
    byte_pipe pipe;
    buffer seen;
    auto reads = [&]() -> task<> {
        while (seen.size() < 100) {
            std::array<std::byte, 3> piece = {};
            auto winner = co_await race(pipe.read(piece), yield_now());
            if (winner.index() == 0) {
                seen.append(std::span(piece).first(winner.get<0>()));
            }
        }
    };
    auto writes = [&]() -> task<> {
        for (char next = 0; next < 100; ++next) {
            co_await write_all(pipe, std::string_view(&next, 1));
            co_await yield_now();
        }
    };
    co_await join(reads(), writes());
    for (int i = 0; i < 100; ++i) CHECK(seen.text()[static_cast<std::size_t>(i)] == i);
}

COIL_TEST("byte_pipe: closing the reading side ends a read that waits there") {
    byte_pipe pipe;
    std::array<std::byte, 4> room;
    const auto closes = [&]() -> task<> {
        co_await yield_now();
        pipe.close_reading();
    };
    auto [count, done] = co_await join(pipe.read(room), closes());
    CHECK(count == 0);
    CHECK(co_await pipe.read(room) == 0);
}

COIL_TEST("byte_pipe: nothing can be written behind the end") {
    byte_pipe pipe;
    co_await write_all(pipe, "last");
    pipe.close_writing();
    const auto late = co_await as_outcome(write_all(pipe, "later"));
    CHECK(late.has_error());
    buffer seen;
    while (co_await read_some(pipe, seen) > 0) {}
    CHECK(seen.text() == "last");
}

COIL_TEST("byte_pipe: one call reads into several buffers, one writes from several") {
    byte_pipe pipe(7);
    const auto bytes = [](std::string_view text) {
        return std::as_bytes(std::span(text));
    };
    const std::array sent = {bytes("ab"), bytes(""), bytes("cde"), bytes("fghi")};
    CHECK(co_await pipe.write_vectored(sent) == 7);
    std::array<char, 3> first = {};
    std::array<char, 9> second = {};
    const std::array<std::span<std::byte>, 2> into = {
        std::as_writable_bytes(std::span(first)),
        std::as_writable_bytes(std::span(second))};
    CHECK(co_await pipe.read_vectored(into) == 7);
    CHECK(std::string_view(first.data(), 3) == "abc");
    CHECK(std::string_view(second.data(), 4) == "defg");
}

COIL_TEST("byte_pipe: several buffers wait as one does, and are stopped without loss") {
    byte_pipe pipe(2);
    buffer seen;
    auto reads = [&]() -> task<> {
        while (seen.size() < 40) {
            std::array<std::byte, 3> piece = {};
            const std::array<std::span<std::byte>, 2> into = {std::span(piece).first(1),
                                                              std::span(piece).last(2)};
            auto winner = co_await race(pipe.read_vectored(into), yield_now());
            if (winner.index() == 0) {
                seen.append(std::span(piece).first(winner.get<0>()));
            }
        }
    };
    auto writes = [&]() -> task<> {
        for (char next = 0; next < 40;) {
            const std::array<char, 2> two = {next, static_cast<char>(next + 1)};
            const std::span all = std::as_bytes(std::span(two));
            const std::array from = {all.first(1), all.last(1)};
            auto winner = co_await race(pipe.write_vectored(from), yield_now());
            if (winner.index() == 0)
                next = static_cast<char>(next + static_cast<char>(winner.get<0>()));
        }
    };
    co_await join(reads(), writes());
    for (int i = 0; i < 40; ++i) CHECK(seen.text()[static_cast<std::size_t>(i)] == i);
}
