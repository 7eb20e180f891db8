// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes, cut into pieces of any size, come to the same requests, and never
// to more memory or time than the limits grant.
#include <coil/base/assert.hpp>
#include <coil/http/request_parser.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace coil::http;

limits small_limits() {
    limits small;
    small.request_line_bytes_max = 96;
    small.header_bytes_max = 256;
    small.header_count_max = 8;
    small.body_bytes_max = 64;
    small.chunk_extension_bytes_max = 32;
    small.trailer_bytes_max = 64;
    small.trailer_count_max = 3;
    return small;
}

void describe(const request_head& head, std::string& seen) {
    for (const std::string_view part :
         {head.method_text, head.target, head.path, head.query, head.authority}) {
        seen.append(part).append("|");
    }
    for (const field_view& field : head.fields) {
        seen.append(field.name).append("=").append(field.value).append("|");
    }
}

// All that a server would learn from `bytes`, as text.
std::string parsed(std::string_view bytes, std::size_t piece_size) {
    const limits small = small_limits();
    request_parser parser(small);
    std::string seen;
    while (!bytes.empty()) {
        const std::string piece(bytes.substr(0, piece_size));
        const parse_result result = parser.parse(piece);
        COIL_EXPECTS(result.consumed <= piece.size());
        bytes.remove_prefix(result.consumed);
        seen.append(result.body);
        switch (result.event) {
            case parse_event::need_more:
                COIL_EXPECTS(result.consumed == piece.size());
                break;
            case parse_event::head_done: describe(parser.head(), seen); break;
            case parse_event::body_data: COIL_EXPECTS(!result.body.empty()); break;
            case parse_event::message_done: seen += "\ndone\n"; break;
            case parse_event::failed: return seen.append(parser.error().reason);
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(input) + 1, size - 1);
    const std::string whole = parsed(bytes, bytes.size() + 1);
    COIL_EXPECTS(parsed(bytes, 1) == whole);
    COIL_EXPECTS(parsed(bytes, std::size_t{input[0]} + 1) == whole);
    return 0;
}
