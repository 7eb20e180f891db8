// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/sse.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace coil::http;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

std::string formatted(const server_event& event) {
    std::string out;
    append_event(out, event);
    return out;
}

}  // namespace

TEST_CASE("server event: all of its fields") {
    CHECK(formatted({.data = "{}", .event = "order", .id = "7", .retry = 2s}) ==
          "event: order\nid: 7\nretry: 2000\ndata: {}\n\n");
}

TEST_CASE("server event: each line of the data is a field") {
    CHECK(formatted({.data = "a\nb\r\nc\rd"}) ==
          "data: a\ndata: b\ndata: c\ndata: d\n\n");
    CHECK(formatted({.data = "a\n"}) == "data: a\ndata: \n\n");
    CHECK(formatted({.data = ""}) == "data: \n\n");
}

TEST_CASE("server event: data cannot begin another event") {
    CHECK(formatted({.data = "a\n\nevent: b"}) ==
          "data: a\ndata: \ndata: event: b\n\n");
}

TEST_CASE("server event: a name or id of two lines is refused, and nothing written") {
    std::string out;
    for (const std::string_view text : {"a\nb"sv, "a\rb"sv, "a\0b"sv}) {
        CHECK_THROWS_AS(append_event(out, {.event = text}), std::invalid_argument);
        CHECK_THROWS_AS(append_event(out, {.id = text}), std::invalid_argument);
    }
    CHECK(out.empty());
}

TEST_CASE("server event: a negative pause is refused") {
    std::string out;
    CHECK_THROWS_AS(append_event(out, {.retry = -1ms}), std::invalid_argument);
    CHECK(out.empty());
}

TEST_CASE("server event: a comment stays one line") {
    std::string out;
    append_comment(out, "a\ndata: b");
    CHECK(out == ": a data: b\n\n");
}
