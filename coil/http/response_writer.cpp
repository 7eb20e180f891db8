// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/http/detail/characters.hpp>
#include <coil/http/response_writer.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>

namespace coil::http {
namespace {

void append_number(std::string& out, std::uint64_t value, int base = 10) {
    std::array<char, 20> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
    out.append(digits.data(), end);
}

// Always 1.1, also to a 1.0 client: it is the version we speak, not the one the
// client does (RFC 9110 section 6.2).
void append_status_line(std::string& out, status code) {
    if (code == status::ok) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    out.append("HTTP/1.1 ");
    append_number(out, to_number(code));
    out.append(" ").append(reason_phrase(code)).append("\r\n");
}

bool is_writers_own(std::string_view name) noexcept {
    for (const std::string_view own :
         {"connection", "content-length", "transfer-encoding", "date", "keep-alive"}) {
        if (is_same_name(name, own)) return true;
    }
    return false;
}

struct app_fields {
    bool wants_close = false;
    bool has_content_type = false;
};

app_fields append_app_fields(std::string& out, std::string_view lines) {
    app_fields seen;
    while (!lines.empty()) {
        const std::size_t size = lines.find('\n') + 1;
        const std::string_view line = lines.substr(0, size);
        const std::string_view name = line.substr(0, line.find(':'));
        std::string_view value =
            detail::trim_blanks(line.substr(name.size() + 1, size - name.size() - 3));
        lines.remove_prefix(size);
        if (is_same_name(name, "connection")) {
            while (const auto option = detail::take_element(value)) {
                seen.wants_close = seen.wants_close || is_same_name(*option, "close");
            }
        }
        if (is_writers_own(name)) continue;
        seen.has_content_type =
            seen.has_content_type || is_same_name(name, "content-type");
        out.append(line);
    }
    return seen;
}

void expect_final(status code) {
    if (is_final(code)) return;
    throw std::invalid_argument("http response: status " +
                                std::to_string(to_number(code)) +
                                " answers no request; a final one is of 200 to 999");
}

// Everything but the line that frames the body and the empty line. Returns
// whether the connection stays.
bool append_head(std::string& out, const response& response, const exchange& exchange,
                 bool can_keep_alive) {
    append_status_line(out, response.status);
    const app_fields seen = append_app_fields(out, response.fields.as_lines());
    if (!seen.has_content_type && !response.content_type.text.empty()) {
        out.append("Content-Type: ").append(response.content_type.text).append("\r\n");
    }
    if (!exchange.date.empty()) {
        out.append("Date: ").append(exchange.date).append("\r\n");
    }
    const bool keep_alive = exchange.keep_alive && can_keep_alive && !seen.wants_close;
    if (!keep_alive) {
        out.append("Connection: close\r\n");
    } else if (exchange.version == version::http_1_0) {
        out.append("Connection: keep-alive\r\n");
    }
    return keep_alive;
}

}  // namespace

exchange answer_to(const request_head& head, std::string_view date) noexcept {
    return {head.method, head.version, head.keep_alive, date};
}

written append_response(std::string& out, const response& response,
                        const exchange& exchange) {
    expect_final(response.status);
    constexpr std::size_t usual_head_size = 192;
    const std::size_t needed = out.size() + usual_head_size +
                               response.fields.as_lines().size() + response.body.size();
    if (needed > out.capacity()) out.reserve(std::max(needed, 2 * out.capacity()));

    const bool keep_alive = append_head(out, response, exchange, true);
    if (is_bodiless(response.status)) {
        out.append("\r\n");
        return {keep_alive, body_framing::none};
    }
    if (response.status == status::reset_content) {
        out.append("Content-Length: 0\r\n\r\n");  // RFC 9110 section 15.3.6
        return {keep_alive, body_framing::none};
    }
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n\r\n");
    if (exchange.method != method::head || COIL_PLANTED(head_has_a_body)) {
        out.append(response.body);
    }
    return {keep_alive, body_framing::none};
}

written append_streaming_head(std::string& out, const response& response,
                              const exchange& exchange) {
    if (response.status == status::reset_content) {
        return append_response(out, response, exchange);
    }
    expect_final(response.status);
    const bool has_body =
        exchange.method != method::head && !is_bodiless(response.status);
    const bool is_1_1 = exchange.version == version::http_1_1;
    const bool keep_alive = append_head(out, response, exchange, is_1_1 || !has_body);
    if (is_1_1 && !is_bodiless(response.status)) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    out.append("\r\n");
    if (!has_body) return {keep_alive, body_framing::none};
    return {keep_alive, is_1_1 ? body_framing::chunked : body_framing::until_close};
}

void append_chunk(std::string& out, std::string_view piece) {
    if (piece.empty()) return;
    append_number(out, piece.size(), 16);
    out.append("\r\n").append(piece).append("\r\n");
}

void append_last_chunk(std::string& out) {
    out.append("0\r\n\r\n");
}

void append_continue(std::string& out) {
    out.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void append_date(std::string& out, std::chrono::sys_seconds time) {
    constexpr std::string_view days = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    const auto append_two = [&out](long long value) {
        out += static_cast<char>('0' + value / 10 % 10);
        out += static_cast<char>('0' + value % 10);
    };
    out += days.substr(std::chrono::weekday(day).c_encoding() * 3, 3);
    out += ", ";
    append_two(static_cast<unsigned>(date.day()));
    out += ' ';
    out += months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3);
    out += ' ';
    const int year = static_cast<int>(date.year());
    append_two(year / 100);
    append_two(year % 100);
    out += ' ';
    append_two(clock.hours().count());
    out += ':';
    append_two(clock.minutes().count());
    out += ':';
    append_two(clock.seconds().count());
    out += " GMT";
}

}  // namespace coil::http
