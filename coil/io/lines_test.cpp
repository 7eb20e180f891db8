// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/lines.hpp>
#include <coil/io/write.hpp>
#include <coil/stream/stream.hpp>
#include <coil/testing/test.hpp>

using namespace coil;
using testing::words;

static_assert(stream<lines<byte_pipe>>);

namespace {
task<> write_and_end(byte_pipe& to, std::string_view text) {
    co_await write_all(to, text);
    to.close_writing();
}
task<words> all_lines(byte_pipe& from) {
    lines input(from);
    words seen;
    while (auto line = co_await input.next()) seen.push_back(*line);
    co_return seen;
}
}  // namespace

//! [answer line by line]
COIL_TEST("lines: a connection is answered line by line") {
    duplex connection;
    auto server = connection.second();
    auto client = connection.first();
    co_await write_all(client, "one\r\ntwo\r\n");
    client.shutdown();
    lines input(server);
    while (auto line = co_await input.next()) {
        co_await write_all(server, "<" + *line + ">");
    }
    server.shutdown();
    buffer answers;
    while (co_await read_some(client, answers) != 0) {}
    CHECK(answers.text() == "<one><two>");
}
//! [answer line by line]

COIL_TEST("lines: the end of a line is no part of it, and the last needs none") {
    byte_pipe pipe;
    co_await write_and_end(pipe, "a\n\nb\r\n\r\nlast");
    const words seen = co_await all_lines(pipe);
    CHECK(seen == words{"a", "", "b", "", "last"});
}

COIL_TEST("lines: bytes that end with a line have no empty one behind it") {
    byte_pipe pipe;
    co_await write_and_end(pipe, "only\n");
    CHECK(co_await all_lines(pipe) == words{"only"});
}

COIL_TEST("lines: a CR that no LF follows is a part of its line") {
    byte_pipe pipe;
    co_await write_and_end(pipe, "a\rb\nlast\r");
    const words seen = co_await all_lines(pipe);
    CHECK(seen == words{"a\rb", "last\r"});
}

COIL_TEST("lines: a stopped next loses nothing") {
    byte_pipe pipe;
    lines input(pipe);
    words seen;
    auto reads = [&]() -> task<> {
        while (seen.size() < 3) {
            auto winner = co_await race(input.next(), yield_now());
            if (winner.index() == 0) seen.push_back(*winner.get<0>());
        }
    };
    auto writes = [&]() -> task<> {
        for (const char next : std::string_view("first\nsecond\nthird\n")) {
            co_await write_all(pipe, std::string_view(&next, 1));
            co_await yield_now();
        }
    };
    co_await join(reads(), writes());
    CHECK(seen == words{"first", "second", "third"});
}
