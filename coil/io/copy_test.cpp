// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/buffered_reader.hpp>
#include <coil/io/buffered_writer.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/copy.hpp>
#include <coil/io/memory_reader.hpp>
#include <coil/io/memory_writer.hpp>
#include <coil/testing/test.hpp>

using namespace coil;

COIL_TEST("copy: carries everything through narrow pipes, in order") {
    byte_pipe from(7);
    byte_pipe to(5);
    std::string sent;
    for (int i = 0; i < 5000; ++i) sent += std::to_string(i);
    buffer seen;
    auto writes = [&]() -> task<> {
        co_await write_all(from, sent);
        from.close_writing();
    };
    auto carries = [&]() -> task<> {
        CHECK(co_await copy(from, to) == sent.size());
        to.close_writing();
    };
    auto reads = [&]() -> task<> {
        while (co_await read_some(to, seen) != 0) {}
    };
    co_await join(writes(), carries(), reads());
    CHECK(seen.text() == sent);
}

//! [the rest of what was read, and what follows]
COIL_TEST("copy: what is buffered goes first, and without another buffer") {
    byte_pipe from;
    co_await write_all(from, "head\nthe body");
    from.close_writing();
    buffer unread;
    unread.consume(co_await read_until(from, unread, "\n"));
    buffered_reader input(from, unread);
    buffer copied;
    memory_writer to(copied);
    CHECK(co_await copy(input, to) == 8);
    CHECK(copied.text() == "the body");
}
//! [the rest of what was read, and what follows]

COIL_TEST("copy: from memory it hands on the very bytes, into memory they are copied") {
    struct looking_writer {
        const std::byte* begin = nullptr;
        task<std::size_t> write(std::span<const std::byte> bytes) {
            begin = bytes.data();
            co_return bytes.size();
        }
    };
    const std::string text = "in memory";
    memory_reader from(text);
    looking_writer looks;
    CHECK(co_await copy(from, looks) == 9);
    CHECK(static_cast<const void*>(looks.begin) == text.data());
    from.seek(3);
    buffer copied;
    memory_writer to(copied);
    CHECK(co_await copy(from, to) == 6);
    CHECK(copied.text() == "memory");
}

COIL_TEST("copy: through a buffered writer, that is flushed at the end") {
    byte_pipe from;
    co_await write_all(from, "some bytes");
    from.close_writing();
    byte_pipe to;
    const std::uint64_t count =
        co_await with_buffered_writer(to, [&](auto& out) { return copy(from, out); });
    CHECK(count == 10);
    to.close_writing();
    CHECK(co_await read_to_string(to) == "some bytes");
}

COIL_TEST("copy: from a buffered reader, a stop loses nothing") {
    byte_pipe from;
    byte_pipe to(2);
    buffer unread;
    buffered_reader input(from, unread);
    buffer seen;
    auto writes = [&]() -> task<> {
        for (char next = 0; next < 60; ++next) {
            co_await write_all(from, std::string_view(&next, 1));
            co_await yield_now();
        }
        from.close_writing();
    };
    auto copies = [&]() -> task<> {
        for (bool is_over = false; !is_over;) {
            auto winner = co_await race(copy(input, to), yield_now());
            is_over = winner.index() == 0;
        }
        to.close_writing();
    };
    co_await join(writes(), copies(), read_to_end(to, seen));
    REQUIRE(seen.size() == 60);
    for (std::size_t i = 0; i < 60; ++i) CHECK(seen.text()[i] == static_cast<char>(i));
}

//! [a proxy]
COIL_TEST("copy_both_ways: passes on what both say, and that one has ended") {
    duplex outer(3);
    duplex inner(3);
    auto client = [](duplex::end peer) -> task<std::string> {
        co_await write_all(peer, "the question");
        peer.shutdown();
        co_return co_await read_to_string(peer);
    };
    auto server = [](duplex::end peer) -> task<> {
        const std::string asked = co_await read_to_string(peer);
        co_await write_all(peer, "re: " + asked);
        peer.shutdown();
    };
    auto near = outer.second();
    auto far = inner.first();
    auto [answer, served, passed] = co_await join(
        client(outer.first()), server(inner.second()), copy_both_ways(near, far));
    CHECK(answer == "re: the question");
    CHECK(passed.there == 12);
    CHECK(passed.back == 16);
}
//! [a proxy]
