// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/byte_sink.hpp>
#include <coil/io/read.hpp>
#include <coil/stream/into.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/range_stream.hpp>
#include <coil/testing/test.hpp>

#include <string>
#include <vector>

using namespace coil;

static_assert(sink<byte_sink<byte_pipe>, std::string>);
static_assert(sink<byte_sink<byte_pipe>, std::string_view>);
static_assert(sink<byte_sink<byte_pipe>, std::vector<std::byte>>);
static_assert(!sink<byte_sink<byte_pipe>, int>);

//! [a stream of texts into a connection]
COIL_TEST("byte_sink: each item of a stream is written, in order") {
    byte_pipe connection;
    const std::vector<std::string> names = {"ann", "bob", ""};
    const auto to_line = [](const std::string& name) { return name + "\n"; };
    co_await (names | map(to_line) | into(byte_sink(connection)));
    connection.close_writing();
    CHECK(co_await read_to_string(connection) == "ann\nbob\n\n");
}
//! [a stream of texts into a connection]

COIL_TEST("byte_sink: bytes and views are items, too") {
    byte_pipe pipe;
    byte_sink to(pipe);
    co_await to.send(std::string_view("view "));
    co_await to.send(std::vector<std::byte>(2, std::byte{'x'}));
    pipe.close_writing();
    CHECK(co_await read_to_string(pipe) == "view xx");
}

COIL_TEST("byte_sink: an error of the writer ends the stream") {
    byte_pipe pipe;
    pipe.close_reading();
    const std::vector<std::string> items = {"a", "b"};
    const auto ended = co_await as_outcome(items | into(byte_sink(pipe)));
    CHECK(ended.has_error());
}
