// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

#include <array>

using namespace coil;

namespace {
// Writes piece by piece, giving way after each, then ends.
task<> write_pieces(byte_pipe& to, std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) {
        co_await write_all(to, piece);
        co_await yield_now();
    }
    to.close_writing();
}
}  // namespace

COIL_TEST("read_exactly: fills its buffer from several pieces") {
    byte_pipe pipe;
    std::array<char, 6> got = {};
    auto [filled, written] =
        co_await join(read_exactly(pipe, std::as_writable_bytes(std::span(got))),
                      write_pieces(pipe, {"a", "bcd", "efgh"}));
    CHECK(filled);
    CHECK(std::string_view(got.data(), 6) == "abcdef");
}

COIL_TEST("read_exactly: tells an end before the first byte from one in the middle") {
    byte_pipe pipe;
    std::array<std::byte, 2> got = {};
    co_await write_pieces(pipe, {"abc"});
    CHECK(co_await read_exactly(pipe, got));
    bool is_cut = false;
    try {
        co_await read_exactly(pipe, got);
    } catch (const unexpected_end&) {
        is_cut = true;
    }
    CHECK(is_cut);
    CHECK_FALSE(co_await read_exactly(pipe, got));
}

COIL_TEST("read_until: finds what two reads tore apart") {
    byte_pipe pipe;
    buffer seen;
    auto [size, written] =
        co_await join(read_until(pipe, seen, "\r\n\r\n"),
                      write_pieces(pipe, {"head\r\n", "\r", "\nbody"}));
    CHECK(size == 8);
    CHECK(seen.text().substr(0, size) == "head\r\n\r\n");
}

COIL_TEST("read_until: looks at what is in the buffer before it reads") {
    byte_pipe pipe;
    buffer seen;
    seen.append("a\nb\n");
    CHECK(co_await read_until(pipe, seen, "\n") == 2);
    seen.consume(2);
    CHECK(co_await read_until(pipe, seen, "\n") == 2);
}

COIL_TEST("read_until: gives 0 at the end and leaves the rest in the buffer") {
    byte_pipe pipe;
    buffer seen;
    co_await write_pieces(pipe, {"no newline"});
    CHECK(co_await read_until(pipe, seen, "\n") == 0);
    CHECK(seen.text() == "no newline");
}

COIL_TEST("read_until: a text longer than the buffer may grow is an error") {
    byte_pipe pipe;
    buffer seen(8);
    bool is_refused = false;
    co_await write_pieces(pipe, {"123456789"});
    try {
        co_await read_until(pipe, seen, "\n");
    } catch (const too_long&) {
        is_refused = true;
    }
    CHECK(is_refused);
}

//! [to the end, but no further than]
COIL_TEST("read_to_end: reads all there is, up to the limit of the buffer") {
    byte_pipe pipe;
    buffer all(9);
    co_await write_pieces(pipe, {"abc", "def", "ghi"});
    CHECK(co_await read_to_end(pipe, all) == 9);
    CHECK(all.text() == "abcdefghi");

    byte_pipe more;
    co_await write_pieces(more, {"abc", "def", "ghi", "j"});
    const auto refused = co_await as_outcome(read_to_string(more, 9));
    CHECK(refused.has_error());
}
//! [to the end, but no further than]

COIL_TEST("read_to_end: stopped, it goes on behind what is in the buffer") {
    byte_pipe pipe;
    buffer all;
    bool is_over = false;
    auto reads = [&]() -> task<> {
        while (!is_over) {
            auto winner = co_await race(read_to_end(pipe, all), yield_now());
            is_over = winner.index() == 0;
        }
    };
    co_await join(reads(), write_pieces(pipe, {"a", "b", "", "c", "d", "e"}));
    CHECK(all.text() == "abcde");
}

COIL_TEST("read_to_string: gives all there is, which may be nothing") {
    byte_pipe pipe;
    auto [text, written] =
        co_await join(read_to_string(pipe), write_pieces(pipe, {"all ", "of it"}));
    CHECK(text == "all of it");
    CHECK(co_await read_to_string(pipe) == "");
}
