// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Boost.Beast's parser beside ours, on the first request of any bytes. What we accept,
// Beast accepts and reads as we do. What one of the two refuses alone is refused for a
// reason that is listed below: each is a deliberate difference.
#include <coil/base/assert.hpp>
#include <coil/http/request_parser.hpp>

#include "vector_limits.hpp"
#include <boost/beast/http.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace beast = boost::beast::http;
using namespace coil::http;

/// Where we are stricter than Beast, by the reason we give.
constexpr std::string_view stricter[] = {
    // RFC 9112 section 3.2: who is asked must be told once, and be an authority. Beast
    // leaves Host to its user.
    "no Host",
    "two Host fields",
    "malformed Host",
    // RFC 9112 section 3.2: a target has one of four forms, and characters of a URI.
    // To Beast it is any text.
    "target in none of the four forms",
    "target with a character that needs encoding",
    "target of a foreign scheme",
    "target * without OPTIONS",
    "malformed authority in the target",
    "CONNECT: this is not a proxy",
    "CONNECT without host and port",
    // RFC 9112 section 6: Beast takes a length list of equal numbers, and a coding that
    // it does not know for none at all, so that the body is the next request.
    "two Content-Length fields",
    "malformed Content-Length",
    "malformed Transfer-Encoding",
    "two Transfer-Encoding fields",
    "transfer coding other than chunked",
    "chunked twice",
    "Transfer-Encoding in HTTP/1.0",
    // RFC 9112 section 7.1.1: Beast takes blanks around the marks of an extension, and
    // skips what it cannot read.
    "malformed chunk size",
    "malformed chunk extension",
    // RFC 9110 section 6.5.1: Beast adds trailer fields to those of the head.
    "framing field in a trailer",
    // RFC 9112 section 5.2: Beast makes a blank of a folded line's end.
    "folded field line",
    // RFC 9110 section 10.1.1: an expectation that nobody can meet is said to be so.
    "expectation other than 100-continue",
    // Limits; Beast has larger ones here.
    "request line too long",
    "header too large",
    "too many header fields",
    "body too large",
    "chunk size too large",  // sixteen digits, zeros in front included
    "chunk extensions too long",
    "trailer too large",
    "too many trailer fields",
};

/// Where Beast is stricter: it refuses these fields if they are no lists of tokens,
/// though neither is about where a request ends. We look for the words that we know.
constexpr std::string_view stricter_there = "bad value";
constexpr std::string_view fields_there[] = {
    "connection:", "proxy-connection:", "upgrade:"};

struct reading {
    enum class verdict : unsigned char { accepted, incomplete, refused };
    reading::verdict verdict = verdict::incomplete;
    std::string reason = {};
    std::string head = {};
    std::vector<std::string> fields = {};  // sorted, those of one name numbered
    std::string body = {};
};

void add_field(reading& made, std::string_view name, std::string_view value) {
    std::string line;
    for (const char c : name) {
        line += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    line += ':';
    const auto before = std::count_if(
        made.fields.begin(), made.fields.end(),
        [&](const std::string& other) { return other.starts_with(line); });
    line.append(std::to_string(before)).append(":").append(value);
    made.fields.push_back(std::move(line));
}

reading read_as_we_do(std::string_view bytes) {
    const limits small = vector_limits();
    request_parser parser(small);
    reading made;
    for (;;) {
        const parse_result result = parser.parse(bytes);
        bytes.remove_prefix(result.consumed);
        made.body.append(result.body);
        switch (result.event) {
            case parse_event::need_more: return made;
            case parse_event::body_data: break;
            case parse_event::head_done:
                made.head.append(parser.head().method_text).append(" ");
                made.head.append(parser.head().target);
                made.head += parser.head().version == version::http_1_1 ? " 11" : " 10";
                for (const field_view& field : parser.head().fields) {
                    add_field(made, field.name, field.value);
                }
                break;
            case parse_event::message_done:
                made.verdict = reading::verdict::accepted;
                std::sort(made.fields.begin(), made.fields.end());
                return made;
            case parse_event::failed:
                made.verdict = reading::verdict::refused;
                made.reason = parser.error().reason;
                return made;
        }
    }
}

// It does not know that one empty line may come before a request (RFC 9112
// section 2.2).
reading read_as_beast_does(std::string_view bytes) {
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    beast::request_parser<beast::string_body> parser;
    parser.header_limit(1 << 20);
    parser.body_limit(1 << 20);
    reading made;
    bool has_head = false;
    while (!parser.is_done()) {
        boost::beast::error_code failure;
        const std::size_t used =
            parser.put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
        bytes.remove_prefix(used);
        if (failure == beast::error::need_more) return made;
        if (failure) {
            made.verdict = reading::verdict::refused;
            made.reason = failure.message();
            return made;
        }
        if (!has_head && parser.is_header_done()) {
            has_head = true;
            const auto& head = parser.get().base();
            made.head = std::string(head.method_string()) + " " +
                        std::string(head.target()) + " " +
                        std::to_string(head.version());
            for (const auto& field : head) {
                add_field(made, std::string(field.name_string()),
                          std::string(field.value()));
            }
            std::sort(made.fields.begin(), made.fields.end());
        } else if (used == 0) {
            return made;
        }
    }
    made.verdict = reading::verdict::accepted;
    made.body = parser.get().body();
    return made;
}

bool is_about_their_lists(const reading& ours, const reading& theirs) {
    return theirs.reason == stricter_there &&
           std::any_of(ours.fields.begin(), ours.fields.end(), [](const auto& field) {
               return std::any_of(
                   std::begin(fields_there), std::end(fields_there),
                   [&](std::string_view name) { return field.starts_with(name); });
           });
}

[[noreturn]] void report(const reading& ours, const reading& theirs) {
    for (const reading* one : {&ours, &theirs}) {
        std::fprintf(stderr, "%s: verdict %d %s\n[%s]\n",
                     one == &ours ? "coil" : "Beast", static_cast<int>(one->verdict),
                     one->reason.c_str(), one->head.c_str());
        for (const std::string& field : one->fields) {
            std::fprintf(stderr, "%s\n", field.c_str());
        }
        std::fprintf(stderr, "[%s]\n", one->body.c_str());
    }
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(input), size);
    const reading ours = read_as_we_do(bytes);
    const reading theirs = read_as_beast_does(bytes);
    if (ours.verdict == reading::verdict::accepted) {
        const bool is_same = theirs.verdict == reading::verdict::accepted &&
                             theirs.head == ours.head && theirs.fields == ours.fields &&
                             theirs.body == ours.body;
        if (!is_same && !is_about_their_lists(ours, theirs)) report(ours, theirs);
    }
    const bool only_we_refuse = ours.verdict == reading::verdict::refused &&
                                theirs.verdict == reading::verdict::accepted;
    if (only_we_refuse && std::find(std::begin(stricter), std::end(stricter),
                                    ours.reason) == std::end(stricter)) {
        report(ours, theirs);
    }
    return 0;
}
