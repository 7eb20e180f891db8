// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_outcome.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/memory_writer.hpp>
#include <coil/io/write.hpp>
#include <coil/testing/test.hpp>

using namespace coil;

static_assert(byte_writer<memory_writer>);

//! [a writer for who writes to connections]
COIL_TEST("memory_writer: what writes to a connection writes into memory, too") {
    buffer written;
    memory_writer to(written);
    co_await write_all(to, "one ");
    co_await write_all(to, std::string(1000, 'x'));
    CHECK(written.size() == 1004);
    CHECK(written.text().substr(0, 6) == "one xx");
}
//! [a writer for who writes to connections]

COIL_TEST("memory_writer: takes what its buffer has room for, and then refuses") {
    buffer four(4);
    memory_writer to(four);
    CHECK(co_await to.write(std::as_bytes(std::span("abcdef", 6))) == 4);
    const auto more = co_await as_outcome(write_all(to, "x"));
    CHECK(more.has_error());
    CHECK(four.text() == "abcd");
    four.consume(2);
    co_await write_all(to, "x");
    CHECK(four.text() == "cdx");
}

COIL_TEST(
    "memory_writer: a write that is stopped before it begins gives nothing away") {
    buffer written;
    memory_writer to(written);
    auto writes = [&]() -> task<> {
        (void)co_await as_outcome(never());
        co_await write_all(to, "x");
    };
    co_await race(writes(), yield_now());
    CHECK(written.is_empty());
}
