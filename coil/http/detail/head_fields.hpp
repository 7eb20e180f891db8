// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/parse_error.hpp>
#include <coil/http/request_head.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace coil::http::detail {

// Reads one field line without its CRLF (RFC 9112 section 5); views point into
// `line`. Refuses what lenient parsers repair: blanks around the name, folding.
[[nodiscard]] std::optional<parse_error> parse_field_line(std::string_view line,
                                                          field_view& field) noexcept;

// What the fields seen so far say about where the body ends and whether the
// connection stays. Anything two readers could understand differently is an
// error, because the difference is how requests are smuggled.
class head_fields {
public:
    // Takes note of one field of the head.
    [[nodiscard]] std::optional<parse_error> add(const field_view& field) noexcept;

    // All fields are in: checks them together and completes `head`.
    [[nodiscard]] std::optional<parse_error> finish(request_head& head) const noexcept;

private:
    std::optional<parse_error> add_host(std::string_view value) noexcept;
    std::optional<parse_error> add_content_length(std::string_view value) noexcept;
    std::optional<parse_error> add_transfer_encoding(std::string_view value) noexcept;
    std::optional<parse_error> add_connection(std::string_view value) noexcept;
    std::optional<parse_error> add_expect(std::string_view value) noexcept;

    std::optional<std::uint64_t> content_length_;
    bool has_host_ = false;
    bool is_chunked_ = false;
    bool wants_close_ = false;
    bool wants_keep_alive_ = false;
    bool expects_continue_ = false;
};

// Whether a field may stand in a trailer: those that frame or route may not
// (RFC 9110 section 6.5.1).
[[nodiscard]] bool is_allowed_in_trailer(std::string_view name) noexcept;

}  // namespace coil::http::detail
