// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/detail/chunked_body.hpp>
#include <coil/http/detail/head_fields.hpp>
#include <coil/http/limits.hpp>
#include <coil/http/parse_error.hpp>
#include <coil/http/request_head.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coil::http {

/// What a call of `request_parser::parse` came to.
enum class parse_event : std::uint8_t {
    need_more,     // all input is consumed and the request has not ended
    head_done,     // `head()` may be read
    body_data,     // `body` holds some of the body, its coding taken off
    message_done,  // the request has ended; the next call begins the next one
    failed,        // `error()` says why; final
};

struct parse_result {
    parse_event event = parse_event::need_more;
    std::size_t consumed = 0;  // bytes of the input that are done with
    std::string_view body;     // a view of the input
};

/// Reads the HTTP/1.1 requests of one connection, with no I/O of its own.
///
/// Call `parse` with the bytes not consumed yet, once for each event: a request
/// is `head_done`, any number of `body_data`, `message_done`. How the bytes are
/// cut into calls changes nothing but the cuts of the body. Where RFC 9112 lets
/// a server choose between repairing and refusing, it refuses: the parsers of
/// two servers that repair differently are how requests are smuggled.
///
/// \snippet coil/http/request_parser_test.cpp  requests of a connection
///
/// Lifetime: `limits` must outlive the parser.
/// Allocates: for a longer head than any before it; memory stays within the
/// limits, whatever the peer sends.
class request_parser {
public:
    explicit request_parser(const limits& limits) noexcept;
    request_parser(const request_parser&) = delete;
    request_parser& operator=(const request_parser&) = delete;

    [[nodiscard]] parse_result parse(std::string_view input);

    /// The request's head, from `head_done` until the call that follows
    /// `message_done`.
    [[nodiscard]] const request_head& head() const noexcept { return head_; }

    /// Allows the current request another body size than the limits do.
    /// Counts from `head_done` on, until the next request.
    void set_body_bytes_max(std::uint64_t size) noexcept { body_bytes_max_ = size; }

    /// Whether no byte of a request has been seen: the connection may end here
    /// without anything being lost.
    [[nodiscard]] bool is_idle() const noexcept;

    /// Why parsing failed.
    [[nodiscard]] const parse_error& error() const noexcept { return error_; }

    /// Whether nothing has been seen at all since the last request: not even the empty
    /// line that may come before one.
    [[nodiscard]] bool is_blank() const noexcept;

    /// Begins anew, for another connection; keeps its memory, unless that is much.
    void reset() noexcept;

private:
    enum class phase : std::uint8_t { request_line, field_lines, body, done, failed };

    void begin_request() noexcept;
    parse_result parse_head(std::string_view input);
    parse_result parse_head_by_lines(std::string_view input);
    parse_result parse_body(std::string_view input);
    parse_result parse_sized_body(std::string_view input);
    parse_result parse_chunked_body(std::string_view input);

    // Reads lines of `bytes`, which begins with the request, from `line_begin_`
    // on. `head_done` leaves the head's size in `line_begin_`.
    parse_event scan(std::string_view bytes);
    bool is_within_limits(std::size_t line_end, bool is_whole) noexcept;
    bool take_line(std::string_view line);
    bool take_field(std::string_view line);
    bool finish_head() noexcept;
    void keep(std::string_view bytes);
    void append(std::string_view bytes);
    void move_views(const char* from, const char* to) noexcept;
    bool fail(const parse_error& error) noexcept;

    const limits& limits_;
    phase phase_ = phase::request_line;
    bool has_skipped_line_ = false;  // the empty one before a request line
    std::size_t line_begin_ = 0;     // of the line being read, in the request
    std::size_t searched_ = 0;       // no LF between the line's begin and this
    std::size_t fields_begin_ = 0;
    std::uint64_t body_bytes_max_ = 0;
    std::uint64_t body_left_ = 0;
    std::string text_;  // the head, or what has come of it
    std::vector<field_view> fields_;
    request_head head_;
    detail::head_fields head_fields_;
    detail::chunked_body chunked_body_;
    parse_error error_;
};

}  // namespace coil::http
