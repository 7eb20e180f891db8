// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/chained_reader.hpp>
#include <coil/io/memory_reader.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

using namespace coil;

static_assert(byte_reader<chained_reader<byte_pipe, memory_reader>>);

//! [what was read ahead, and the rest]
COIL_TEST("chained_reader: gives all of one, then all of the other") {
    byte_pipe connection;
    co_await write_all(connection, "head\nbody");
    connection.close_writing();
    buffer ahead;  // a line, and what was read behind it
    ahead.consume(co_await read_until(connection, ahead, "\n"));
    memory_reader first(ahead.text());
    chained_reader body(first, connection);
    CHECK(co_await read_to_string(body) == "body");
}
//! [what was read ahead, and the rest]

COIL_TEST("chained_reader: the end of the first is found once") {
    memory_reader first("ab");
    memory_reader second("cd");
    chained_reader both(first, second);
    CHECK(co_await read_to_string(both) == "abcd");
    first.seek(0);
    CHECK(co_await read_to_string(both) == "");
}

COIL_TEST("chained_reader: a stopped read loses nothing of either") {
    byte_pipe first;
    byte_pipe second;
    chained_reader both(first, second);
    buffer seen;
    auto reads = [&]() -> task<> {
        for (;;) {
            std::byte piece[3] = {};
            auto winner = co_await race(both.read(piece), yield_now());
            if (winner.index() == 1) continue;
            if (winner.get<0>() == 0) break;
            seen.append(std::span(piece).first(winner.get<0>()));
        }
    };
    auto writes = [&]() -> task<> {
        for (char next = 0; next < 60; ++next) {
            co_await write_all(next < 30 ? first : second, std::string_view(&next, 1));
            if (next == 29) first.close_writing();
            co_await yield_now();
        }
        second.close_writing();
    };
    co_await join(reads(), writes());
    REQUIRE(seen.size() == 60);
    for (std::size_t i = 0; i < 60; ++i) CHECK(seen.text()[i] == static_cast<char>(i));
}
