// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/request_parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace coil::http;
using namespace std::string_view_literals;

// The head lives as long as the parser says; here: as long as it does.
const request_head& head_of(request_parser& parser, std::string_view bytes) {
    const parse_result result = parser.parse(bytes);
    REQUIRE(result.event == parse_event::head_done);
    return parser.head();
}

}  // namespace

// What bytes come to is in tests/http/vectors.

TEST_CASE("request parser: requests of a connection") {
    //! [requests of a connection]
    const limits limits;
    request_parser parser(limits);
    std::string unread =
        "POST /orders?dry=1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 3\r\n\r\ntea"
        "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
    std::vector<std::string> log;
    while (!unread.empty()) {
        const parse_result result = parser.parse(unread);
        if (result.event == parse_event::head_done) {
            log.emplace_back(parser.head().path);
        } else if (result.event == parse_event::body_data) {
            log.emplace_back(result.body);
        }
        unread.erase(0, result.consumed);
    }
    CHECK(log == std::vector<std::string>{"/orders", "tea", "/"});
    //! [requests of a connection]
}

TEST_CASE("request parser: a head is told apart") {
    const limits limits;
    request_parser parser(limits);
    const request_head& head =
        head_of(parser, "PUT /a/b?c=d?e HTTP/1.1\r\nhOsT: h:1\r\nX: y\r\n\r\n");
    CHECK(head.method == method::put);
    CHECK(head.target == "/a/b?c=d?e");
    CHECK(head.path == "/a/b");
    CHECK(head.query == "c=d?e");
    CHECK(head.authority == "h:1");
    CHECK(head.fields.find("HOST") == "h:1");
    CHECK(head.fields.find("absent") == std::nullopt);
    CHECK(head.fields.count() == 2);
    CHECK_FALSE(head.has_body());
}

TEST_CASE("request parser: an absolute target's authority wins over Host") {
    const limits limits;
    request_parser parser(limits);
    const request_head& head =
        head_of(parser, "GET http://b:80?q HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(head.authority == "b:80");
    CHECK(head.path == "/");
    CHECK(head.query == "q");
}

TEST_CASE("request parser: keep-alive follows version and Connection") {
    const limits limits;
    const auto keeps_alive = [&](std::string_view version_and_fields) {
        request_parser parser(limits);
        const std::string bytes =
            "GET / HTTP/" + std::string(version_and_fields) + "Host: a\r\n\r\n";
        return head_of(parser, bytes).keep_alive;
    };
    CHECK(keeps_alive("1.1\r\n"));
    CHECK_FALSE(keeps_alive("1.1\r\nConnection: x, Close\r\n"));
    CHECK_FALSE(keeps_alive("1.0\r\n"));
    CHECK(keeps_alive("1.0\r\nConnection: Keep-Alive\r\n"));
    CHECK_FALSE(keeps_alive("1.1\r\nConnection: keep-alive\r\nConnection: close\r\n"));
}

TEST_CASE("request parser: a route may allow a larger body") {
    limits small;
    small.body_bytes_max = 64;
    request_parser parser(small);
    CHECK(head_of(parser, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n")
              .has_body());
    parser.set_body_bytes_max(65);
    const std::string body(65, 'x');
    CHECK(parser.parse(body).event == parse_event::body_data);
    CHECK(parser.parse("").event == parse_event::message_done);
}

TEST_CASE("request parser: a larger body is allowed to one request only") {
    limits small;
    small.body_bytes_max = 64;
    request_parser parser(small);
    CHECK_FALSE(head_of(parser, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").has_body());
    parser.set_body_bytes_max(1000);
    CHECK(parser.parse("").event == parse_event::message_done);
    CHECK(head_of(parser, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n")
              .has_body());
    CHECK(parser.parse("").event == parse_event::failed);
    CHECK(parser.error().status == status::content_too_large);
}

TEST_CASE("request parser: it is idle only between requests") {
    const limits limits;
    request_parser parser(limits);
    CHECK(parser.is_idle());
    CHECK(parser.parse("\r\n").event == parse_event::need_more);
    CHECK(parser.is_idle());
    CHECK(parser.parse("G").event == parse_event::need_more);
    CHECK_FALSE(parser.is_idle());
    CHECK(parser.parse("ET / HTTP/1.0\r\n\r\n").event == parse_event::head_done);
    CHECK_FALSE(parser.is_idle());
    CHECK(parser.parse("").event == parse_event::message_done);
    CHECK(parser.is_idle());
}

TEST_CASE("request parser: after a reset it is as new, whatever it had read") {
    const limits limits;
    request_parser parser(limits);
    const std::string_view bytes = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const std::string_view before :
         {bytes, bytes.substr(0, 9), "\n"sv, "\r\n"sv}) {
        (void)parser.parse(before);
        parser.reset();
        CHECK(parser.is_blank());
        CHECK(head_of(parser, bytes).path == "/x");
    }
}

TEST_CASE("request parser: an empty line before a request is something seen") {
    const limits limits;
    request_parser parser(limits);
    CHECK(parser.is_blank());
    CHECK(parser.parse("\r\n").event == parse_event::need_more);
    CHECK(parser.is_idle());
    CHECK_FALSE(parser.is_blank());
    CHECK(parser.parse("\r\n").event == parse_event::failed);
}

TEST_CASE("request parser: once failed it stays failed") {
    const limits limits;
    request_parser parser(limits);
    CHECK(parser.parse("\n").event == parse_event::failed);
    CHECK(parser.parse("GET / HTTP/1.0\r\n\r\n").event == parse_event::failed);
}
