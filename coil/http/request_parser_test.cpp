// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/request_parser.hpp>

#include <doctest/doctest.h>
#include <tests/http/request_vectors.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace coil::http;

struct outcome {
    std::size_t request_count = 0;
    unsigned refusal = 0;
    bool is_idle = false;
    std::string bodies;
    std::string heads;  // all that was said of them, to compare cuts

    bool operator==(const outcome&) const = default;
};

std::string described(const request_head& head) {
    std::string text;
    for (const std::string_view part :
         {head.method_text, head.target, head.path, head.query, head.authority}) {
        text.append(part).append("|");
    }
    for (const field_view& field : head.fields) {
        text.append(field.name).append("=").append(field.value).append("|");
    }
    return text + std::to_string(head.content_length.value_or(0)) +
           (head.is_chunked ? "c" : "-") + (head.keep_alive ? "k\n" : "-\n");
}

// Gives the parser all of `input`, as a connection would; false once it failed.
bool feed(request_parser& parser, std::string_view input, outcome& seen) {
    for (;;) {
        const std::string own(input);  // so that a view beyond it is noticed
        const parse_result result = parser.parse(own);
        REQUIRE(result.consumed <= input.size());
        seen.bodies.append(result.body);
        input.remove_prefix(result.consumed);
        switch (result.event) {
            case parse_event::need_more: REQUIRE(input.empty()); return true;
            case parse_event::head_done: break;
            case parse_event::body_data: REQUIRE(!result.body.empty()); break;
            case parse_event::message_done:
                seen.heads += described(parser.head());
                ++seen.request_count;
                if (input.empty()) return true;
                break;
            case parse_event::failed:
                seen.refusal = to_number(parser.error().status);
                REQUIRE(!parser.error().reason.empty());
                return false;
        }
    }
}

outcome parsed(std::initializer_list<std::string_view> pieces) {
    const limits small = vector_limits();
    request_parser parser(small);
    outcome seen;
    for (const std::string_view piece : pieces) {
        if (!feed(parser, piece, seen)) return seen;
    }
    seen.is_idle = parser.is_idle();
    return seen;
}

outcome parsed_by_bytes(std::string_view bytes) {
    const limits small = vector_limits();
    request_parser parser(small);
    outcome seen;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!feed(parser, bytes.substr(i, 1), seen)) return seen;
    }
    seen.is_idle = parser.is_idle();
    return seen;
}

// The head lives as long as the parser says; here: as long as it does.
const request_head& head_of(request_parser& parser, std::string_view bytes) {
    const parse_result result = parser.parse(bytes);
    REQUIRE(result.event == parse_event::head_done);
    return parser.head();
}

}  // namespace

TEST_CASE("request parser: every vector comes to what it says") {
    for (const request_vector& vector : all_request_vectors()) {
        CAPTURE(vector.name);
        const outcome seen = parsed({vector.bytes});
        CHECK(seen.refusal == vector.refusal);
        CHECK(seen.request_count == vector.request_count);
        CHECK(seen.is_idle == (vector.refusal == 0));
        if (vector.refusal == 0) CHECK(seen.bodies == vector.bodies);
    }
}

TEST_CASE("request parser: a cut anywhere changes nothing") {
    for (const request_vector& vector : all_request_vectors()) {
        CAPTURE(vector.name);
        const std::string_view bytes = vector.bytes;
        const outcome whole = parsed({bytes});
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            CAPTURE(cut);
            CHECK(parsed({bytes.substr(0, cut), bytes.substr(cut)}) == whole);
        }
        CHECK(parsed_by_bytes(bytes) == whole);
    }
}

TEST_CASE("request parser: a good request before it changes nothing") {
    const std::string good =
        "POST /g HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\nhi";
    for (const request_vector& vector : all_request_vectors()) {
        CAPTURE(vector.name);
        outcome expected = parsed({vector.bytes});
        ++expected.request_count;
        expected.bodies.insert(0, "hi");
        expected.heads.insert(0, parsed({good}).heads);
        CHECK(parsed({good + vector.bytes}) == expected);
        CHECK(parsed({good, vector.bytes}) == expected);
        CHECK(parsed_by_bytes(good + vector.bytes) == expected);
    }
}

TEST_CASE("request parser: there are vectors enough, and each has its own name") {
    std::vector<std::string_view> names;
    const auto vectors = all_request_vectors();
    for (const request_vector& vector : vectors) names.push_back(vector.name);
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
    CHECK(names.size() >= 180);
}

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
    const limits small = vector_limits();
    request_parser parser(small);
    CHECK(head_of(parser, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n")
              .has_body());
    parser.set_body_bytes_max(65);
    const std::string body(65, 'x');
    CHECK(parser.parse(body).event == parse_event::body_data);
    CHECK(parser.parse("").event == parse_event::message_done);
}

TEST_CASE("request parser: a larger body is allowed to one request only") {
    const limits small = vector_limits();
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

TEST_CASE("request parser: it works on after its memory was released") {
    const limits limits;
    request_parser parser(limits);
    const std::string_view bytes = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(head_of(parser, bytes).path == "/x");
    CHECK(parser.parse("").event == parse_event::message_done);
    parser.release_memory();
    CHECK(head_of(parser, bytes).path == "/x");
}

TEST_CASE("request parser: once failed it stays failed") {
    const limits limits;
    request_parser parser(limits);
    CHECK(parser.parse("\n").event == parse_event::failed);
    CHECK(parser.parse("GET / HTTP/1.0\r\n\r\n").event == parse_event::failed);
}
