// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/io/buffer.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <stdexcept>
#include <string>

using coil::buffer;

namespace {
void fill(buffer& into, std::string_view text) {
    std::memcpy(into.prepare(text.size()).data(), text.data(), text.size());
    into.commit(text.size());
}
}  // namespace

//! [read, then use]
TEST_CASE("buffer: what is committed and not consumed is in one piece") {
    buffer input;
    fill(input, "GET / HTTP/1.1\r\n");
    input.consume(4);
    fill(input, "Host: a\r\n");
    CHECK(input.text() == "/ HTTP/1.1\r\nHost: a\r\n");
}
//! [read, then use]

TEST_CASE("buffer: nothing is allocated before the first prepare") {
    buffer input;
    CHECK(input.capacity() == 0);
    CHECK(input.is_empty());
    CHECK(input.unread().empty());
}

TEST_CASE("buffer: what is unread moves to the front before memory grows") {
    buffer input;
    fill(input, std::string(500, 'a'));
    const std::size_t capacity = input.capacity();
    input.consume(490);
    fill(input, std::string(400, 'b'));
    CHECK(input.capacity() == capacity);
    CHECK(input.text() == std::string(10, 'a') + std::string(400, 'b'));
}

TEST_CASE("buffer: it grows by doubling and keeps what is unread") {
    buffer input;
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        const std::string piece(37, static_cast<char>('a' + i % 26));
        fill(input, piece);
        all += piece;
    }
    CHECK(input.text() == all);
    CHECK(input.capacity() < 3 * all.size());
}

TEST_CASE("buffer: it never holds more than its limit") {
    buffer input(10);
    fill(input, "1234567");
    CHECK(input.prepare(100).size() == 3);
    fill(input, "890");
    CHECK(input.prepare(1).empty());
    CHECK_THROWS_AS(input.append("x"), std::length_error);
    input.consume(1);
    CHECK(input.prepare(1).size() == 1);
    CHECK(input.text() == "234567890");
}

TEST_CASE("buffer: release gives the memory back only when all is used") {
    buffer input;
    input.append("ab");
    input.consume(1);
    input.release();
    CHECK(input.text() == "b");
    input.consume(1);
    input.release();
    CHECK(input.capacity() == 0);
    input.append("again");
    CHECK(input.text() == "again");
}

TEST_CASE("buffer: what was moved from is empty") {
    buffer first;
    first.append("abc");
    buffer second = std::move(first);
    CHECK(second.text() == "abc");
    CHECK(first.is_empty());  // NOLINT(bugprone-use-after-move)
    first = std::move(second);
    CHECK(first.text() == "abc");
}
