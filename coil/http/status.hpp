// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

namespace coil::http {

/// Status code of a response (RFC 9110 section 15). Codes without an
/// enumerator are made with `static_cast<status>(599)`.
enum class status : std::uint16_t {
    continue_ = 100,
    switching_protocols = 101,
    ok = 200,
    created = 201,
    accepted = 202,
    no_content = 204,
    reset_content = 205,
    partial_content = 206,
    moved_permanently = 301,
    found = 302,
    see_other = 303,
    not_modified = 304,
    temporary_redirect = 307,
    permanent_redirect = 308,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    conflict = 409,
    gone = 410,
    length_required = 411,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    unprocessable_content = 422,
    upgrade_required = 426,
    too_many_requests = 429,
    header_fields_too_large = 431,
    internal_server_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    gateway_timeout = 504,
    version_not_supported = 505,
};

[[nodiscard]] constexpr unsigned to_number(status code) noexcept {
    return static_cast<unsigned>(code);
}

/// Whether a response with this code never has a body (RFC 9110 section 6.4.1).
[[nodiscard]] constexpr bool is_bodiless(status code) noexcept {
    return to_number(code) < 200 || code == status::no_content ||
           code == status::not_modified;
}

/// Whether a response with this code answers a request: an interim one (1xx) does not,
/// and others are not written with three digits.
[[nodiscard]] constexpr bool is_final(status code) noexcept {
    return to_number(code) >= 200 && to_number(code) <= 999;
}

/// The registered phrase, or an empty text for a code without one.
[[nodiscard]] std::string_view reason_phrase(status code) noexcept;

}  // namespace coil::http
