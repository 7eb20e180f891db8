// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/http/detail/characters.hpp>
#include <coil/http/detail/chunked_body.hpp>
#include <coil/http/detail/head_fields.hpp>

#include <algorithm>

namespace coil::http::detail {

void chunked_body::start() noexcept {
    state_ = state::size_first;
    size_digits_ = 0;
    chunk_left_ = 0;
    body_size_ = 0;
    extension_size_ = 0;
    trailer_size_ = 0;
    trailer_count_ = 0;
    line_.clear();
}

chunked_body::step chunked_body::parse(std::string_view input, const limits& limits,
                                       std::uint64_t body_bytes_max) {
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (state_ == state::data) {
            return take_data(input, i);
        }
        if (state_ == state::trailer) {
            return take_trailer(input, i, limits);
        }
        if (!take_framing(input[i], limits, body_bytes_max)) {
            return {outcome::failed, i, {}};
        }
    }
    return {outcome::need_more, input.size(), {}};
}

bool chunked_body::take_framing(char c, const limits& limits,
                                std::uint64_t body_bytes_max) {
    switch (state_) {
        case state::size_first:
        case state::size_more: return take_size(c);
        case state::size_lf: return begin_data(c, body_bytes_max);
        case state::data_cr:
            state_ = state::data_lf;
            return c == '\r' || fail(status::bad_request, "chunk longer than its size");
        case state::data_lf:
            state_ = state::size_first;
            return c == '\n' || fail(status::bad_request, "chunk not followed by CRLF");
        default:
            if (++extension_size_ > limits.chunk_extension_bytes_max) {
                return fail(status::bad_request, "chunk extensions too long");
            }
            return take_extension(c);
    }
}

bool chunked_body::take_size(char c) {
    if (const auto digit = hex_value(c)) {
        if (size_digits_ == 16 && !COIL_PLANTED(chunk_size_wraps)) {
            return fail(status::bad_request, "chunk size too large");
        }
        ++size_digits_;
        chunk_left_ = chunk_left_ * 16 + *digit;
        state_ = state::size_more;
        return true;
    }
    if (state_ == state::size_first || (c != '\r' && c != ';')) {
        return fail(status::bad_request, "malformed chunk size");
    }
    state_ = c == '\r' ? state::size_lf : state::extension_name_first;
    return true;
}

// *( ";" token [ "=" ( token / quoted-string ) ] ), and no blanks around the
// marks: only a sender's grammar allows them, and only for old receivers.
bool chunked_body::take_extension(char c) {
    const auto go = [&](state next) {
        state_ = next;
        return true;
    };
    const auto go_after_value = [&] {
        if (c == '\r' || c == ';') {
            return go(c == '\r' ? state::size_lf : state::extension_name_first);
        }
        return fail(status::bad_request, "malformed chunk extension");
    };
    switch (state_) {
        case state::extension_name_first:
        case state::extension_name:
            if (is_token_character(c)) {
                return go(state::extension_name);
            }
            if (state_ == state::extension_name_first) {
                return fail(status::bad_request, "malformed chunk extension");
            }
            return c == '=' ? go(state::extension_value_first) : go_after_value();
        case state::extension_value_first:
            if (c == '"') {
                return go(state::extension_quoted);
            }
            return is_token_character(c)
                       ? go(state::extension_value)
                       : fail(status::bad_request, "malformed chunk extension");
        case state::extension_value: return is_token_character(c) || go_after_value();
        case state::extension_quoted:
            if (c == '"' || c == '\\') {
                return go(c == '"' ? state::extension_quoted_end
                                   : state::extension_escaped);
            }
            [[fallthrough]];
        case state::extension_escaped:
            state_ = state::extension_quoted;
            return !is_control(c) ||
                   fail(status::bad_request, "malformed chunk extension");
        default: return go_after_value();
    }
}

bool chunked_body::begin_data(char c, std::uint64_t body_bytes_max) {
    if (c != '\n') {
        return fail(status::bad_request, "chunk size not followed by CRLF");
    }
    if (chunk_left_ > body_bytes_max - std::min(body_size_, body_bytes_max)) {
        return fail(status::content_too_large, "body too large");
    }
    body_size_ += chunk_left_;
    size_digits_ = 0;
    state_ = chunk_left_ == 0 ? state::trailer : state::data;
    return true;
}

chunked_body::step chunked_body::take_data(std::string_view input, std::size_t begin) {
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(chunk_left_, input.size() - begin));
    chunk_left_ -= size;
    if (chunk_left_ == 0) {
        state_ = state::data_cr;
    }
    return {outcome::piece, begin + size, input.substr(begin, size)};
}

chunked_body::step chunked_body::take_trailer(std::string_view input, std::size_t begin,
                                              const limits& limits) {
    while (begin < input.size()) {
        const std::size_t lf = input.find('\n', begin);
        const bool is_whole = lf != std::string_view::npos;
        const std::size_t size = (is_whole ? lf + 1 : input.size()) - begin;
        if (size > limits.trailer_bytes_max - trailer_size_) {
            fail(status::header_fields_too_large, "trailer too large");
            return {outcome::failed, begin, {}};
        }
        trailer_size_ += size;
        std::string_view line = input.substr(begin, size);
        begin += size;
        if (!is_whole || !line_.empty()) {
            line_.append(line);
            line = line_;
        }
        if (!is_whole) {
            break;
        }
        if (line == "\r\n") {
            return {outcome::done, begin, {}};
        }
        if (!take_trailer_line(line, limits)) {
            return {outcome::failed, begin, {}};
        }
        line_.clear();
    }
    return {outcome::need_more, begin, {}};
}

bool chunked_body::take_trailer_line(std::string_view line, const limits& limits) {
    if (line.size() < 2 || line[line.size() - 2] != '\r') {
        return fail(status::bad_request, "line end without CR");
    }
    if (++trailer_count_ > limits.trailer_count_max) {
        return fail(status::header_fields_too_large, "too many trailer fields");
    }
    field_view field;
    if (const auto failure = parse_field_line(line.substr(0, line.size() - 2), field)) {
        error_ = *failure;
        return false;
    }
    return is_allowed_in_trailer(field.name) ||
           fail(status::bad_request, "framing field in a trailer");
}

bool chunked_body::fail(status code, std::string_view reason) noexcept {
    error_ = {code, reason};
    return false;
}

}  // namespace coil::http::detail
