// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/buffered_reader.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/limited_reader.hpp>
#include <coil/io/memory_reader.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

#include <array>
#include <vector>

using namespace coil;

static_assert(buffered_byte_reader<buffered_reader<byte_pipe>>);
static_assert(buffered_byte_reader<limited_reader<buffered_reader<byte_pipe>>>);
static_assert(!buffered_byte_reader<limited_reader<byte_pipe>>);

namespace {
/// Counts how often it is read.
struct counted_reader {
    memory_reader from;
    int calls = 0;
    auto read(std::span<std::byte> into) {
        ++calls;
        return from.read(into);
    }
};
}  // namespace

//! [a head, and a body behind it]
COIL_TEST("buffered_reader: reads on behind what was read too far") {
    byte_pipe connection;
    co_await write_all(connection, "size 4\nbodyrest");
    buffer unread;
    unread.consume(co_await read_until(connection, unread, "\n"));
    buffered_reader input(connection, unread);
    limited_reader body(input, 4);
    CHECK(co_await read_to_string(body) == "body");
    CHECK(unread.text() == "rest");
}
//! [a head, and a body behind it]

COIL_TEST("buffered_reader: small reads are few calls of the source") {
    const std::string text(1000, 'x');
    counted_reader source{memory_reader(text)};
    buffer unread;
    buffered_reader input(source, unread);
    std::array<std::byte, 3> piece = {};
    std::size_t sum = 0;
    while (const std::size_t count = co_await input.read(piece)) sum += count;
    CHECK(sum == 1000);
    CHECK(source.calls == 2);  // and one for the end
}

COIL_TEST("buffered_reader: a large read goes past the empty buffer") {
    const std::string text(40'000, 'x');
    counted_reader source{memory_reader(text)};
    buffer unread;
    buffered_reader input(source, unread);
    std::vector<std::byte> room(40'000);
    CHECK(co_await input.read(room) == 40'000);
    CHECK(unread.capacity() == 0);
}

COIL_TEST("buffered_reader: is filled, looked at and consumed") {
    byte_pipe pipe;
    buffer unread;
    buffered_reader input(pipe, unread);
    co_await write_all(pipe, "abc");
    pipe.close_writing();
    CHECK((co_await input.fill()).size() == 3);
    input.consume(2);
    const std::span<const std::byte> left = co_await input.fill();
    CHECK((left.size() == 1 && left[0] == std::byte{'c'}));
    input.consume(1);
    CHECK((co_await input.fill()).empty());
}

COIL_TEST("buffered_reader: what is stopped in a race loses nothing") {
    byte_pipe pipe;
    buffer unread;
    buffered_reader input(pipe, unread);
    buffer seen;
    auto reads = [&]() -> task<> {
        for (bool fills = false;; fills = !fills) {
            if (fills) {
                (void)co_await race(input.fill(), yield_now());
                continue;
            }
            std::array<std::byte, 3> piece = {};
            auto winner = co_await race(input.read(piece), yield_now());
            if (winner.index() == 1) continue;
            if (winner.get<0>() == 0) break;
            seen.append(std::span(piece).first(winner.get<0>()));
        }
    };
    auto writes = [&]() -> task<> {
        for (char next = 0; next < 60; ++next) {
            co_await write_all(pipe, std::string_view(&next, 1));
            co_await yield_now();
        }
        pipe.close_writing();
    };
    co_await join(reads(), writes());
    REQUIRE(seen.size() == 60);
    for (std::size_t i = 0; i < 60; ++i) CHECK(seen.text()[i] == static_cast<char>(i));
}
