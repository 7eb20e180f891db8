// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/parse_error.hpp>
#include <coil/http/request_head.hpp>

#include <optional>
#include <string_view>

namespace coil::http::detail {

// Reads a request line without its CRLF (RFC 9112 section 3) into the head's
// method, target with its parts, and version. Views point into `line`.
[[nodiscard]] std::optional<parse_error> parse_request_line(
    std::string_view line, request_head& head) noexcept;

// Whether `text` is a host with an optional port (RFC 9110 section 7.2). An
// empty one is: it stands for a target that has no authority.
[[nodiscard]] bool is_authority(std::string_view text) noexcept;

}  // namespace coil::http::detail
