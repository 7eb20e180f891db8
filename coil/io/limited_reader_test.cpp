// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/limited_reader.hpp>
#include <coil/io/memory_reader.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

using namespace coil;

static_assert(byte_reader<limited_reader<byte_pipe>>);

//! [a body of known length]
COIL_TEST("limited_reader: ends behind so many bytes, and leaves the rest") {
    byte_pipe connection;
    co_await write_all(connection, "bodynext");
    connection.close_writing();
    limited_reader body(connection, 4);
    CHECK(co_await read_to_string(body) == "body");
    CHECK(body.remaining() == 0);
    CHECK(co_await read_to_string(connection) == "next");
}
//! [a body of known length]

COIL_TEST("limited_reader: of what is buffered it gives no more than its limit") {
    memory_reader source("bodynext");
    limited_reader body(source, 4);
    body.consume(1);
    CHECK((co_await body.fill()).size() == 3);
    body.consume(3);
    CHECK((co_await body.fill()).empty());
    CHECK(co_await read_to_string(source) == "next");
}

COIL_TEST("limited_reader: ends with its source, and says what is missing") {
    memory_reader source("abc");
    limited_reader five(source, 5);
    CHECK(co_await read_to_string(five) == "abc");
    CHECK(five.remaining() == 2);
}

COIL_TEST("limited_reader: a stopped read loses nothing") {
    byte_pipe pipe;
    limited_reader limited(pipe, 50);
    buffer seen;
    auto reads = [&]() -> task<> {
        for (;;) {
            std::byte piece[3] = {};
            auto winner = co_await race(limited.read(piece), yield_now());
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
    };
    co_await join(reads(), writes());
    REQUIRE(seen.size() == 50);
    for (std::size_t i = 0; i < 50; ++i) CHECK(seen.text()[i] == static_cast<char>(i));
}
