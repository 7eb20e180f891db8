// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/lines.hpp>
#include <coil/io/memory_reader.hpp>
#include <coil/io/read.hpp>
#include <coil/stream/collect.hpp>
#include <coil/testing/test.hpp>

using namespace coil;
using testing::words;

static_assert(buffered_byte_reader<memory_reader>);

//! [a reader of what is known already]
COIL_TEST("memory_reader: what reads from a connection reads from memory") {
    memory_reader file("one\ntwo\n");
    lines all(file);
    const words seen = co_await (all | collect<std::vector>());
    CHECK(seen == words{"one", "two"});
}
//! [a reader of what is known already]

COIL_TEST("memory_reader: has a position, and goes on where it is told to") {
    memory_reader bytes("abcdef");
    char two[2] = {};
    CHECK(co_await read_exactly(bytes, std::as_writable_bytes(std::span(two))));
    CHECK(bytes.position() == 2);
    bytes.seek(4);
    CHECK(co_await read_to_string(bytes) == "ef");
    bytes.seek(1);
    bytes.consume(1);
    CHECK((co_await bytes.fill()).size() == 4);
    CHECK(co_await read_to_string(bytes) == "cdef");
    CHECK((co_await bytes.fill()).empty());
}

COIL_TEST("memory_reader: a read that is stopped before it begins takes nothing") {
    memory_reader bytes("ab");
    std::byte room[2];
    auto reads = [&]() -> task<> {
        (void)co_await as_outcome(never());
        (void)co_await bytes.read(room);
    };
    co_await race(reads(), yield_now());
    CHECK(bytes.position() == 0);
}
