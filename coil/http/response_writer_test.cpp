// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/response_writer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace coil::http;

namespace {

std::string sent(const response& response, const exchange& exchange = {}) {
    std::string out;
    append_response(out, response, exchange);
    return out;
}

}  // namespace

TEST_CASE("response writer: a whole response") {
    CHECK(sent(response::text("hi"), {.date = "Thu, 01 Jan 1970 00:00:00 GMT"}) ==
          "HTTP/1.1 200 OK\r\n"
          "Content-Type: text/plain; charset=utf-8\r\n"
          "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
          "Content-Length: 2\r\n"
          "\r\n"
          "hi");
}

TEST_CASE("response writer: responses are appended one after another") {
    std::string out = "before";
    append_response(out, response{}, {});
    append_response(out, response{.status = status::not_found}, {});
    CHECK(out ==
          "beforeHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
          "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: the answer to HEAD has the length but not the body") {
    CHECK(sent(response{.body = "hi"}, {.method = method::head}) ==
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
}

TEST_CASE("response writer: 204 and 304 have neither body nor length") {
    CHECK(sent(response{.status = status::no_content, .body = "hi"}) ==
          "HTTP/1.1 204 No Content\r\n\r\n");
    CHECK(sent(response{.status = status::not_modified, .body = "hi"}) ==
          "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_CASE("response writer: 205 has no body, and says so") {
    const response made = response::of(status::reset_content);
    const std::string_view expected = "Content-Length: 0\r\n\r\n";
    CHECK(sent(made).ends_with(expected));
    std::string streamed;
    CHECK(append_streaming_head(streamed, made, {}).framing == body_framing::none);
    CHECK(streamed.ends_with(expected));
    CHECK(streamed.find("chunked") == std::string::npos);
}

TEST_CASE("response writer: the connection's end is announced") {
    std::string out;
    CHECK_FALSE(append_response(out, {}, {.keep_alive = false}).keep_alive);
    CHECK(out == "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: a 1.0 client is told that the connection stays") {
    CHECK(sent({}, {.version = version::http_1_0}) ==
          "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: a handler may end the connection") {
    std::string out;
    const auto result =
        append_response(out, response{}.with_field("connection", "Close"), {});
    CHECK_FALSE(result.keep_alive);
    CHECK(out == "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: a handler cannot contradict the framing") {
    const response made = response{.body = "hi"}
                              .with_field("Content-Length", "999")
                              .with_field("transfer-encoding", "chunked")
                              .with_field("X", "y");
    CHECK(sent(made) == "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 2\r\n\r\nhi");
}

TEST_CASE("response writer: a Content-Type field wins over the type") {
    CHECK(sent(response::text("").with_field("content-type", "text/csv")) ==
          "HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: a code without a phrase keeps its blank") {
    CHECK(sent(response{.status = static_cast<status>(599)}) ==
          "HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: a body in pieces goes out in chunks") {
    std::string out;
    const auto result = append_streaming_head(out, {}, {});
    CHECK(result.framing == body_framing::chunked);
    CHECK(result.keep_alive);
    append_chunk(out, "seventeen letters");
    append_chunk(out, "");
    append_last_chunk(out);
    CHECK(out ==
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          "11\r\nseventeen letters\r\n0\r\n\r\n");
}

TEST_CASE(
    "response writer: to a 1.0 client a body in pieces ends with the connection") {
    std::string out;
    const auto result = append_streaming_head(out, {}, {.version = version::http_1_0});
    CHECK(result.framing == body_framing::until_close);
    CHECK_FALSE(result.keep_alive);
    CHECK(out == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("response writer: HEAD to a body in pieces ends with the head") {
    std::string out;
    const auto result = append_streaming_head(out, {}, {.method = method::head});
    CHECK(result.framing == body_framing::none);
    CHECK(out == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("response writer: the answer follows the request") {
    request_head head;
    head.method = method::head;
    head.version = version::http_1_0;
    head.keep_alive = false;
    const exchange made = answer_to(head, "now");
    CHECK(made.method == method::head);
    CHECK(made.version == version::http_1_0);
    CHECK_FALSE(made.keep_alive);
    CHECK(made.date == "now");
}

TEST_CASE("response writer: an interim response asks for the body") {
    std::string out;
    append_continue(out);
    CHECK(out == "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("response writer: a date has the form of RFC 9110") {
    using namespace std::chrono;
    using namespace std::chrono_literals;
    std::string out;
    append_date(out, sys_days{1994y / November / 6} + 8h + 49min + 37s);
    CHECK(out == "Sun, 06 Nov 1994 08:49:37 GMT");
    const char* const kept = out.data();
    out.clear();
    append_date(out, sys_days{2024y / February / 29});
    CHECK(out == "Thu, 29 Feb 2024 00:00:00 GMT");
    CHECK(out.data() == kept);
}

TEST_CASE("response writer: a status that answers nothing is refused as a whole") {
    std::string out = "before";
    for (const unsigned code : {0U, 99U, 100U, 101U, 199U, 1000U, 65535U}) {
        CAPTURE(code);
        const response bad = {.status = static_cast<status>(code)};
        CHECK_THROWS_AS(append_response(out, bad, {}), std::invalid_argument);
        CHECK_THROWS_AS(append_streaming_head(out, bad, {}), std::invalid_argument);
    }
    CHECK(out == "before");
    const response odd = {.status = static_cast<status>(999)};
    CHECK(sent(odd) == "HTTP/1.1 999 \r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("response writer: close is found among the options of Connection") {
    for (const char* value : {"close", "x, close", "Close ,x", "keep-alive,close"}) {
        CAPTURE(value);
        std::string out;
        const response made = response{}.with_field("Connection", value);
        CHECK_FALSE(append_response(out, made, {}).keep_alive);
        CHECK(out.ends_with("Connection: close\r\nContent-Length: 0\r\n\r\n"));
    }
}
