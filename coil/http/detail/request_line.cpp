// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/detail/characters.hpp>
#include <coil/http/detail/request_line.hpp>

#include <array>
#include <utility>

namespace coil::http::detail {
namespace {

using error = std::optional<parse_error>;

constexpr error no_error = std::nullopt;

error bad_request(std::string_view reason) noexcept {
    return parse_error{status::bad_request, reason};
}

constexpr std::array<std::pair<std::string_view, method>, 9> known_methods{{
    {"GET", method::get},
    {"POST", method::post},
    {"HEAD", method::head},
    {"PUT", method::put},
    {"DELETE", method::delete_},
    {"OPTIONS", method::options},
    {"PATCH", method::patch},
    {"TRACE", method::trace},
    {"CONNECT", method::connect},
}};

// Case counts: RFC 9110 section 9.1.
method to_method(std::string_view text) noexcept {
    for (const auto& [name, value] : known_methods) {
        if (text == name) {
            return value;
        }
    }
    return method::other;
}

error parse_version(std::string_view text, request_head& head) noexcept {
    const bool is_version = text.size() == 8 && text.substr(0, 5) == "HTTP/" &&
                            is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
    if (!is_version) {
        return bad_request("malformed version");
    }
    const std::string_view number = text.substr(5);
    if (number != "1.1" && number != "1.0") {
        return parse_error{status::version_not_supported,
                           "version other than 1.0 and 1.1"};
    }
    head.version = number == "1.1" ? version::http_1_1 : version::http_1_0;
    return no_error;
}

void split_query(std::string_view path_and_query, request_head& head) noexcept {
    const std::size_t mark = path_and_query.find('?');
    head.path = path_and_query.substr(0, mark);
    head.query = mark == std::string_view::npos ? std::string_view{}
                                                : path_and_query.substr(mark + 1);
}

// RFC 9112 section 3.2.2. A proxy's form, which every server must accept.
error parse_absolute_target(request_head& head) noexcept {
    const std::size_t scheme_end = head.target.find("://");
    if (scheme_end == std::string_view::npos) {
        return bad_request("target in none of the four forms");
    }
    const std::string_view scheme = head.target.substr(0, scheme_end);
    if (!is_same_ignoring_case(scheme, "http") &&
        !is_same_ignoring_case(scheme, "https")) {
        return bad_request("target of a foreign scheme");
    }
    const std::size_t authority_begin = scheme_end + 3;
    const std::size_t authority_end = head.target.find_first_of("/?", authority_begin);
    head.authority =
        head.target.substr(authority_begin, authority_end - authority_begin);
    if (head.authority.empty() || !is_authority(head.authority)) {
        return bad_request("malformed authority in the target");
    }
    if (authority_end != std::string_view::npos) {
        split_query(head.target.substr(authority_end), head);
    }
    if (head.path.empty()) {
        // An empty path means "/". The second slash of "://" is one that lives
        // as long as the other views do.
        head.path = head.target.substr(scheme_end + 2, 1);
    }
    return no_error;
}

error parse_target(request_head& head) noexcept {
    if (head.target.empty() || !consists_of(head.target, character_tables::target)) {
        return bad_request("target with a character that needs encoding");
    }
    if (head.method == method::connect) {
        return is_authority(head.target) &&
                       head.target.find(':') != std::string_view::npos
                   ? parse_error{status::not_implemented,
                                 "CONNECT: this is not a proxy"}
                   : parse_error{status::bad_request, "CONNECT without host and port"};
    }
    if (head.target.front() == '/') {
        split_query(head.target, head);
        return no_error;
    }
    if (head.target == "*") {
        head.path = head.target;
        return head.method == method::options ? no_error
                                              : bad_request("target * without OPTIONS");
    }
    return parse_absolute_target(head);
}

bool is_colon_and_port(std::string_view text) noexcept {
    if (text.front() != ':' || text.size() > 6) return false;
    for (const char c : text.substr(1)) {
        if (!is_digit(c)) return false;
    }
    return true;
}

bool is_escape(std::string_view text) noexcept {
    return text.size() == 3 && hex_value(text[1]) && hex_value(text[2]);
}

// RFC 3986 section 3.2.2: an IPv6 address, or "v" for what may come after it. Groups
// are not counted: nobody connects to it, and no two readers end it elsewhere.
bool is_bracketed_address(std::string_view text) noexcept {
    if (to_lower(text.front()) == 'v') {
        const std::size_t dot = text.find('.');
        return dot != std::string_view::npos && dot > 1 && dot + 1 < text.size() &&
               consists_of(text, character_tables::bracketed);
    }
    std::size_t colons = 0;
    for (const char c : text) {
        if (c == ':') {
            ++colons;
        } else if (c != '.' && !hex_value(c)) {
            return false;
        }
    }
    return colons >= 2;
}

}  // namespace

bool is_authority(std::string_view text) noexcept {
    std::size_t host_size = 0;
    if (!text.empty() && text.front() == '[') {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos || bracket == 1) return false;
        if (!is_bracketed_address(text.substr(1, bracket - 1))) return false;
        host_size = bracket + 1;
    } else {
        while (host_size < text.size() && text[host_size] != ':') {
            if (!character_tables::host[to_byte(text[host_size])]) return false;
            if (text[host_size] == '%' && !is_escape(text.substr(host_size, 3))) {
                return false;
            }
            ++host_size;
        }
    }
    if (host_size == text.size()) return true;
    return host_size != 0 && is_colon_and_port(text.substr(host_size));
}

error parse_request_line(std::string_view line, request_head& head) noexcept {
    const std::size_t method_size = line.find(' ');
    head.method_text = line.substr(0, method_size);
    if (!is_token(head.method_text)) {
        return bad_request("method is not a token");
    }
    if (method_size == std::string_view::npos) {
        return bad_request("request line without a target");
    }
    const std::string_view rest = line.substr(method_size + 1);
    const std::size_t target_size = rest.find(' ');
    if (target_size == std::string_view::npos) {
        return bad_request("request line without a version");
    }
    head.method = to_method(head.method_text);
    head.target = rest.substr(0, target_size);
    if (auto failure = parse_version(rest.substr(target_size + 1), head)) {
        return failure;
    }
    return parse_target(head);
}

}  // namespace coil::http::detail
