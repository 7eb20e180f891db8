// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/chrono.hpp>
#include <coil/http/request_head.hpp>
#include <coil/http/response.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coil::http {

/// What the writer must know of the exchange a response belongs to.
struct exchange {
    http::method method = method::get;  // of the request
    http::version version = version::http_1_1;
    bool keep_alive = true;      // client and server both wish it
    std::string_view date = {};  // as `append_date` makes it; empty sends none
};

/// The exchange that answers `head`.
[[nodiscard]] exchange answer_to(const request_head& head,
                                 std::string_view date) noexcept;

/// How the peer finds the end of a body that is written piece by piece.
enum class body_framing : std::uint8_t {
    none,         // no body may follow: HEAD, 204, 304
    chunked,      // pieces by `append_chunk`, then `append_last_chunk`
    until_close,  // raw pieces, then the connection closes: HTTP/1.0
};

/// What the server does once the response is out.
struct written {
    bool keep_alive = true;
    body_framing framing = body_framing::none;
};

/// Appends `response` with its whole body to `out`; no body where its status allows
/// none.
///
/// Throws: `std::invalid_argument`, with nothing appended, if its status is not final.
written append_response(std::string& out, const response& response,
                        const exchange& exchange);

/// Appends the head of a response whose body follows piece by piece, of a size
/// not known yet; `response.body` is not looked at. Throws: as `append_response`.
written append_streaming_head(std::string& out, const response& response,
                              const exchange& exchange);

/// Appends one chunk; none for an empty `piece`, which would end the body.
void append_chunk(std::string& out, std::string_view piece);
void append_last_chunk(std::string& out);

/// Appends the interim response that asks for the body (RFC 9110 section 10.1.1).
void append_continue(std::string& out);

/// Appends a Date field's value (RFC 9110 section 5.6.7). It changes once a second, so
/// a server keeps it that long.
void append_date(std::string& out, std::chrono::sys_seconds time);

}  // namespace coil::http
