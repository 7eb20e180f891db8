// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/http/detail/characters.hpp>
#include <coil/http/detail/head_fields.hpp>
#include <coil/http/detail/request_line.hpp>

#include <limits>

namespace coil::http::detail {
namespace {

using error = std::optional<parse_error>;

constexpr error no_error = std::nullopt;

error bad_request(std::string_view reason) noexcept {
    return parse_error{status::bad_request, reason};
}

// Only digits, and no list, not even one of equal numbers (RFC 9112 section 6.3).
std::optional<std::uint64_t> to_length(std::string_view text) noexcept {
    constexpr std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t length = 0;
    for (const char c : text) {
        if (!is_digit(c)) {
            return std::nullopt;
        }
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (length > (largest - digit) / 10) {
            return std::nullopt;
        }
        length = length * 10 + digit;
    }
    return text.empty() ? std::nullopt : std::optional(length);
}

}  // namespace

error parse_field_line(std::string_view line, field_view& field) noexcept {
    std::size_t name_size = 0;
    while (name_size < line.size() && is_token_character(line[name_size])) {
        ++name_size;
    }
    if (name_size == line.size() || line[name_size] != ':') {
        return bad_request(is_blank(line.front()) ? "folded field line"
                                                  : "malformed field name");
    }
    if (name_size == 0) {
        return bad_request("empty field name");
    }
    field.name = line.substr(0, name_size);
    field.value = trim_blanks(line.substr(name_size + 1));
    return is_field_value(field.value) ? no_error
                                       : bad_request("control character in a field");
}

error head_fields::add(const field_view& field) noexcept {
    const auto is_named = [&](std::string_view name) {
        return is_same_ignoring_case(field.name, name);
    };
    switch (field.name.size()) {
        case 4: return is_named("host") ? add_host(field.value) : no_error;
        case 6: return is_named("expect") ? add_expect(field.value) : no_error;
        case 10: return is_named("connection") ? add_connection(field.value) : no_error;
        case 14:
            return is_named("content-length") ? add_content_length(field.value)
                                              : no_error;
        case 17:
            return is_named("transfer-encoding") ? add_transfer_encoding(field.value)
                                                 : no_error;
        default: return no_error;
    }
}

error head_fields::add_host(std::string_view value) noexcept {
    if (has_host_ && !COIL_PLANTED(two_hosts)) {
        return bad_request("two Host fields");
    }
    has_host_ = true;
    return is_authority(value) ? no_error : bad_request("malformed Host");
}

error head_fields::add_content_length(std::string_view value) noexcept {
    if (content_length_) {
        return bad_request("two Content-Length fields");
    }
    content_length_ = to_length(value);
    return content_length_ ? no_error : bad_request("malformed Content-Length");
}

error head_fields::add_transfer_encoding(std::string_view value) noexcept {
    if (is_chunked_) {
        return bad_request("two Transfer-Encoding fields");
    }
    bool has_unknown = false;
    bool has_chunked = false;
    while (const auto coding = take_element(value)) {
        if (!is_token(*coding)) {
            return bad_request("malformed Transfer-Encoding");
        }
        const bool is_chunked = is_same_ignoring_case(*coding, "chunked");
        if (is_chunked && has_chunked) {
            return bad_request("chunked twice");
        }
        (is_chunked ? has_chunked : has_unknown) = true;
    }
    if (has_unknown && !COIL_PLANTED(unknown_coding_is_none)) {
        return parse_error{status::not_implemented,
                           "transfer coding other than chunked"};
    }
    is_chunked_ = true;
    return no_error;
}

error head_fields::add_connection(std::string_view value) noexcept {
    while (const auto option = take_element(value)) {
        wants_close_ = wants_close_ || is_same_ignoring_case(*option, "close");
        wants_keep_alive_ =
            wants_keep_alive_ || is_same_ignoring_case(*option, "keep-alive");
    }
    return no_error;
}

error head_fields::add_expect(std::string_view value) noexcept {
    if (!is_same_ignoring_case(value, "100-continue")) {
        return parse_error{status::expectation_failed,
                           "expectation other than 100-continue"};
    }
    expects_continue_ = true;
    return no_error;
}

error head_fields::finish(request_head& head) const noexcept {
    const bool is_1_1 = head.version == version::http_1_1;
    if (is_1_1 && !has_host_) {
        return bad_request("no Host");
    }
    if (is_chunked_ && content_length_ && !COIL_PLANTED(length_beside_chunked)) {
        return bad_request("Content-Length beside Transfer-Encoding");
    }
    if (is_chunked_ && !is_1_1) {
        return bad_request("Transfer-Encoding in HTTP/1.0");
    }
    head.content_length = content_length_;
    head.is_chunked = is_chunked_;
    head.keep_alive = !wants_close_ && (is_1_1 || wants_keep_alive_);
    head.expects_continue = is_1_1 && expects_continue_;
    return no_error;
}

bool is_allowed_in_trailer(std::string_view name) noexcept {
    if (COIL_PLANTED(trailers_frame)) return true;
    for (const std::string_view refused : {"content-length", "transfer-encoding",
                                           "host", "connection", "trailer", "expect"}) {
        if (is_same_ignoring_case(name, refused)) {
            return false;
        }
    }
    return true;
}

}  // namespace coil::http::detail
