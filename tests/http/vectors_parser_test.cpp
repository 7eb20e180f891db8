// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parser reads every vector, however it is cut.
#include <coil/http/request_parser.hpp>

#include "vector_limits.hpp"
#include "vectors.hpp"
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace {

using namespace coil::http;

struct outcome {
    std::size_t request_count = 0;
    unsigned refusal = 0;
    bool is_idle = false;
    bool has_ended = false;  // a request said that it is the last
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

// Gives the parser all of `input`, as a connection would; false once it is at an end.
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
                seen.has_ended = !parser.head().keep_alive;
                if (input.empty() || seen.has_ended) return !seen.has_ended;
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

}  // namespace

TEST_CASE("request parser: every vector comes to what it says") {
    for (const request_vector& vector : all_request_vectors()) {
        CAPTURE(vector.name);
        const outcome seen = parsed({vector.bytes()});
        if (seen.refusal != 0) {
            CHECK(seen.refusal == vector.last_status());
            CHECK(vector.ends());
            CHECK(seen.request_count + 1 == vector.answer_count());
        } else if (!vector.ends()) {  // else the application ends it
            CHECK(seen.request_count == vector.answer_count());
        }
    }
}

TEST_CASE("request parser: a cut anywhere changes nothing") {
    for (const request_vector& vector : all_request_vectors()) {
        CAPTURE(vector.name);
        const std::string whole_bytes = vector.bytes();
        const std::string_view bytes = whole_bytes;
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
        const std::string bytes = vector.bytes();
        outcome expected = parsed({bytes});
        ++expected.request_count;
        expected.bodies.insert(0, "hi");
        expected.heads.insert(0, parsed({good}).heads);
        CHECK(parsed({good + bytes}) == expected);
        CHECK(parsed({good, bytes}) == expected);
        CHECK(parsed_by_bytes(good + bytes) == expected);
    }
}
