// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/planted.hpp>
#include <coil/http/detail/characters.hpp>
#include <coil/http/detail/request_line.hpp>
#include <coil/http/request_parser.hpp>

#include <algorithm>

namespace coil::http {

request_parser::request_parser(const limits& limits) noexcept : limits_(limits) {
    begin_request();
}

parse_result request_parser::parse(std::string_view input) {
    if (phase_ == phase::done) begin_request();
    switch (phase_) {
        case phase::request_line:
        case phase::field_lines: return parse_head(input);
        case phase::body: return parse_body(input);
        default: return {parse_event::failed, 0, {}};
    }
}

bool request_parser::is_idle() const noexcept {
    return phase_ == phase::done ||
           (phase_ == phase::request_line && line_begin_ == text_.size());
}

bool request_parser::is_blank() const noexcept {
    return is_idle() && (phase_ == phase::done || text_.empty());
}

void request_parser::reset() noexcept {
    constexpr std::size_t kept_bytes_max = 4096;  // more is seldom used again
    if (text_.capacity() > kept_bytes_max) std::string().swap(text_);
    chunked_body_.release_memory();
    begin_request();
}

void request_parser::begin_request() noexcept {
    phase_ = phase::request_line;
    has_skipped_line_ = false;
    line_begin_ = 0;
    searched_ = 0;
    fields_begin_ = 0;
    body_bytes_max_ = limits_.body_bytes_max;
    text_.clear();
    fields_.clear();
    head_ = {};
    head_fields_ = {};
}

// A head that comes in one piece is read where it lies and copied once.
parse_result request_parser::parse_head(std::string_view input) {
    if (!text_.empty()) return parse_head_by_lines(input);
    switch (scan(input)) {
        case parse_event::head_done:
            keep(input.substr(0, line_begin_));
            return {finish_head() ? parse_event::head_done : parse_event::failed,
                    line_begin_,
                    {}};
        case parse_event::need_more:
            keep(input);
            return {parse_event::need_more, input.size(), {}};
        default: return {parse_event::failed, 0, {}};
    }
}

// By lines, so that bytes of a body that came along are not copied.
parse_result request_parser::parse_head_by_lines(std::string_view input) {
    std::size_t consumed = 0;
    while (consumed < input.size()) {
        const std::string_view rest = input.substr(consumed);
        const std::size_t room = limits_.request_line_bytes_max +
                                 limits_.header_bytes_max + 8 - text_.size();
        const std::size_t line_size = std::min(rest.find('\n'), rest.size() - 1) + 1;
        const std::size_t size = std::min(line_size, room);
        append(rest.substr(0, size));
        consumed += size;
        switch (scan(text_)) {
            case parse_event::need_more: break;
            case parse_event::head_done:
                return {finish_head() ? parse_event::head_done : parse_event::failed,
                        consumed,
                        {}};
            default: return {parse_event::failed, consumed, {}};
        }
    }
    return {parse_event::need_more, consumed, {}};
}

parse_event request_parser::scan(std::string_view bytes) {
    for (;;) {
        const bool is_at_start = phase_ == phase::request_line && !bytes.empty() &&
                                 line_begin_ < bytes.size();
        if (is_at_start && bytes[line_begin_] != '\r' && bytes[line_begin_] != '\n' &&
            !detail::is_token_character(bytes[line_begin_])) {
            // Said before the line ends: another protocol may send no line end.
            fail({status::bad_request, "not a request"});
            return parse_event::failed;
        }
        const std::size_t lf = bytes.find('\n', searched_);
        const bool is_whole = lf != std::string_view::npos;
        const std::size_t end = is_whole ? lf : bytes.size();
        if (!is_within_limits(end, is_whole)) return parse_event::failed;
        if (!is_whole) {
            searched_ = end;
            return parse_event::need_more;
        }
        const bool has_cr = end != line_begin_ && bytes[end - 1] == '\r';
        if (!has_cr && !COIL_PLANTED(lf_ends_lines)) {
            fail({status::bad_request, "line end without CR"});
            return parse_event::failed;
        }
        const std::size_t line_end =
            COIL_PLANTED(lf_ends_lines) && !has_cr ? end : end - 1;
        const std::string_view line = bytes.substr(line_begin_, line_end - line_begin_);
        line_begin_ = searched_ = end + 1;
        if (phase_ == phase::field_lines && line.empty()) return parse_event::head_done;
        if (!take_line(line)) return parse_event::failed;
    }
}

// The same answer wherever the input was cut: a limit is passed at one byte.
bool request_parser::is_within_limits(std::size_t line_end, bool is_whole) noexcept {
    if (phase_ == phase::request_line) {
        const bool is_within =
            line_end - line_begin_ <= limits_.request_line_bytes_max + 1;  // its CR
        return is_within || fail({status::uri_too_long, "request line too long"});
    }
    const std::size_t size = line_end - fields_begin_ + (is_whole ? 1 : 0);
    const std::size_t more = COIL_PLANTED(header_limit_off_by_one) ? 1 : 0;
    return size <= limits_.header_bytes_max + more ||
           fail({status::header_fields_too_large, "header too large"});
}

bool request_parser::take_line(std::string_view line) {
    if (phase_ == phase::field_lines) return take_field(line);
    if (line.empty() && !has_skipped_line_) {
        has_skipped_line_ = true;  // RFC 9112 section 2.2: some clients end a body so
        return true;
    }
    if (const auto failure = detail::parse_request_line(line, head_)) {
        return fail(*failure);
    }
    phase_ = phase::field_lines;
    fields_begin_ = line_begin_;
    return true;
}

bool request_parser::take_field(std::string_view line) {
    constexpr std::size_t usual_count = 8;
    if (fields_.capacity() == 0) fields_.reserve(usual_count);
    if (fields_.size() == limits_.header_count_max) {
        return fail({status::header_fields_too_large, "too many header fields"});
    }
    field_view field;
    if (const auto failure = detail::parse_field_line(line, field)) {
        return fail(*failure);
    }
    fields_.push_back(field);
    const auto failure = head_fields_.add(field);
    return !failure || fail(*failure);
}

bool request_parser::finish_head() noexcept {
    head_.fields = field_list(fields_);
    if (head_.authority.empty()) {
        head_.authority = head_.fields.find("host").value_or(std::string_view{});
    }
    if (const auto failure = head_fields_.finish(head_)) return fail(*failure);
    if (head_.is_chunked) chunked_body_.start();
    body_left_ = head_.content_length.value_or(0);
    phase_ = phase::body;
    return true;
}

parse_result request_parser::parse_body(std::string_view input) {
    return head_.is_chunked ? parse_chunked_body(input) : parse_sized_body(input);
}

parse_result request_parser::parse_sized_body(std::string_view input) {
    if (head_.content_length.value_or(0) > body_bytes_max_) {
        fail({status::content_too_large, "body too large"});
        return {parse_event::failed, 0, {}};
    }
    if (body_left_ == 0) {
        phase_ = phase::done;
        return {parse_event::message_done, 0, {}};
    }
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, input.size()));
    body_left_ -= size;
    return {size == 0 ? parse_event::need_more : parse_event::body_data, size,
            input.substr(0, size)};
}

parse_result request_parser::parse_chunked_body(std::string_view input) {
    using outcome = detail::chunked_body::outcome;
    const auto step = chunked_body_.parse(input, limits_, body_bytes_max_);
    switch (step.outcome) {
        case outcome::need_more: return {parse_event::need_more, step.consumed, {}};
        case outcome::piece: return {parse_event::body_data, step.consumed, step.piece};
        case outcome::done:
            phase_ = phase::done;
            return {parse_event::message_done, step.consumed, {}};
        case outcome::failed: break;
    }
    fail(chunked_body_.error());
    return {parse_event::failed, step.consumed, {}};
}

void request_parser::keep(std::string_view bytes) {
    text_.assign(bytes);
    move_views(bytes.data(), text_.data());
}

void request_parser::append(std::string_view bytes) {
    if (text_.size() + bytes.size() > text_.capacity()) {
        std::string larger;
        larger.reserve(std::max(text_.capacity() * 2, text_.size() + bytes.size()));
        larger.append(text_);
        move_views(text_.data(), larger.data());
        text_.swap(larger);
    }
    text_.append(bytes);
}

// All views lie in one text; it has been copied, and they follow it.
void request_parser::move_views(const char* from, const char* to) noexcept {
    const auto move = [&](std::string_view& view) {
        if (view.data() != nullptr) view = {to + (view.data() - from), view.size()};
    };
    for (std::string_view* view : {&head_.method_text, &head_.target, &head_.path,
                                   &head_.query, &head_.authority}) {
        move(*view);
    }
    for (field_view& field : fields_) {
        move(field.name);
        move(field.value);
    }
}

bool request_parser::fail(const parse_error& error) noexcept {
    phase_ = phase::failed;
    error_ = error;
    return false;
}

}  // namespace coil::http
