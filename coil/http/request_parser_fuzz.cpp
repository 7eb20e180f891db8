// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes, cut into pieces of any size, come to the same requests, and never
// to more memory or time than the limits grant. Requests that are written anew,
// each in the plainest way, are read as what they were.
#include <coil/base/assert.hpp>
#include <coil/http/request_parser.hpp>
#include <coil/http/response_writer.hpp>

#include <tests/http/vector_limits.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace coil::http;

/// What a server would learn from some bytes.
struct reading {
    std::string seen = {};       // all of it, as text
    std::size_t whole_size = 0;  // of that, what whole requests said
    std::string rewritten = {};  // these requests, in the plainest way
};

void describe(const request_head& head, std::string& seen) {
    for (const std::string_view part :
         {head.method_text, head.target, head.path, head.query, head.authority}) {
        seen.append(part).append("|");
    }
    for (const field_view& field : head.fields) {
        seen.append(field.name).append("=").append(field.value).append("|");
    }
}

// No blank after a colon: a request that was within the limits stays within them.
void write_head(const request_head& head, std::string& out) {
    out.append(head.method_text).append(" ").append(head.target);
    out.append(head.version == version::http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (const field_view& field : head.fields) {
        out.append(field.name).append(":").append(field.value).append("\r\n");
    }
    out.append("\r\n");
}

void write_body(const request_head& head, std::string_view body, std::string& out) {
    if (!head.is_chunked) {
        COIL_EXPECTS(head.content_length.value_or(0) == body.size());
        out.append(body);
        return;
    }
    append_chunk(out, body);
    append_last_chunk(out);
}

reading parsed(std::string_view bytes, std::size_t piece_size) {
    const limits small = vector_limits();
    request_parser parser(small);
    reading made;
    std::string body;
    while (!bytes.empty()) {
        const std::string piece(bytes.substr(0, piece_size));
        const parse_result result = parser.parse(piece);
        COIL_EXPECTS(result.consumed <= piece.size());
        bytes.remove_prefix(result.consumed);
        made.seen.append(result.body);
        body.append(result.body);
        COIL_EXPECTS(body.size() <= small.body_bytes_max);
        switch (result.event) {
            case parse_event::need_more:
                COIL_EXPECTS(result.consumed == piece.size());
                break;
            case parse_event::head_done: describe(parser.head(), made.seen); break;
            case parse_event::body_data: COIL_EXPECTS(!result.body.empty()); break;
            case parse_event::message_done:
                made.seen += "\ndone\n";
                made.whole_size = made.seen.size();
                write_head(parser.head(), made.rewritten);
                write_body(parser.head(), body, made.rewritten);
                body.clear();
                break;
            case parse_event::failed:
                made.seen.append(parser.error().reason);
                return made;
        }
    }
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(input) + 1, size - 1);
    const reading whole = parsed(bytes, bytes.size() + 1);
    COIL_EXPECTS(parsed(bytes, 1).seen == whole.seen);
    COIL_EXPECTS(parsed(bytes, std::size_t{input[0]} + 1).seen == whole.seen);

    // A body that needs no more bytes is known to be at its end with the next ones.
    const std::string again = whole.rewritten + "\r\n";
    COIL_EXPECTS(parsed(again, again.size()).seen ==
                 whole.seen.substr(0, whole.whole_size));
    return 0;
}
