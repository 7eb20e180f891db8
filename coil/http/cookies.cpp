// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/cookies.hpp>
#include <coil/http/detail/characters.hpp>

#include <stdexcept>
#include <string>

namespace coil::http {
namespace {

bool is_visible(char c) noexcept {
    return c > ' ' && c < 0x7F;
}

// RFC 6265 section 4.1.1.
bool is_cookie_value(std::string_view text) noexcept {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    for (const char c : text) {
        if (!is_visible(c) || c == '"' || c == ',' || c == ';' || c == '\\') {
            return false;
        }
    }
    return true;
}

bool is_attribute_value(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_visible(c) || c == ';') return false;
    }
    return true;
}

std::string_view to_text(same_site which) noexcept {
    switch (which) {
        case same_site::strict: return "Strict";
        case same_site::none: return "None";
        default: return "Lax";
    }
}

std::optional<std::string_view> find_in(std::string_view cookies,
                                        std::string_view name) noexcept {
    while (!cookies.empty()) {
        const std::size_t end = cookies.find(';');
        const std::string_view pair = detail::trim_blanks(cookies.substr(0, end));
        cookies.remove_prefix(end == std::string_view::npos ? cookies.size() : end + 1);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        if (detail::trim_blanks(pair.substr(0, equals)) == name) {
            return detail::trim_blanks(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

void expect(bool condition, const char* otherwise) {
    if (!condition) throw std::invalid_argument(otherwise);
}

}  // namespace

std::optional<std::string_view> find_cookie(const field_list& fields,
                                            std::string_view name) noexcept {
    for (const field_view& field : fields) {
        if (!is_same_name(field.name, "cookie")) continue;
        if (const auto found = find_in(field.value, name)) return found;
    }
    return std::nullopt;
}

void add_cookie(fields& to, const new_cookie& cookie) {
    expect(detail::is_token(cookie.name), "cookie: the name is not a token");
    expect(is_cookie_value(cookie.value),
           "cookie: the value has a blank, quote, comma, semicolon or backslash");
    expect(is_attribute_value(cookie.path),
           "cookie: the path has a blank or semicolon");
    expect(is_attribute_value(cookie.domain),
           "cookie: the domain has a blank or semicolon");
    std::string line(cookie.name);
    line.append("=").append(cookie.value);
    if (!cookie.path.empty()) line.append("; Path=").append(cookie.path);
    if (!cookie.domain.empty()) line.append("; Domain=").append(cookie.domain);
    if (cookie.max_age) {
        line.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
    }
    if (cookie.is_secure) line.append("; Secure");
    if (cookie.is_http_only) line.append("; HttpOnly");
    line.append("; SameSite=").append(to_text(cookie.same_site));
    to.add("Set-Cookie", line);
}

}  // namespace coil::http
