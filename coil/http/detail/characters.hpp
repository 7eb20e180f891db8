// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace coil::http::detail {

// A char's bits, for comparing and indexing: char may be signed.
constexpr unsigned char to_byte(char c) noexcept {
    return static_cast<unsigned char>(c);
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    const auto lower = static_cast<unsigned char>(to_byte(c) | 0x20U);
    return lower >= 'a' && lower <= 'z';
}

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

constexpr std::optional<unsigned> hex_value(char c) noexcept {
    if (is_digit(c)) {
        return static_cast<unsigned>(c - '0');
    }
    const char lower = to_lower(c);
    if (lower >= 'a' && lower <= 'f') {
        return static_cast<unsigned>(lower - 'a') + 10;
    }
    return std::nullopt;
}

namespace character_tables {

constexpr std::array<bool, 256> make(std::string_view others) noexcept {
    std::array<bool, 256> table{};
    for (unsigned i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        table[i] = is_digit(c) || is_letter(c);
    }
    for (const char c : others) {
        table[to_byte(c)] = true;
    }
    return table;
}

// RFC 9110 section 5.6.2.
inline constexpr auto token = make("!#$%&'*+-.^_`|~");
// RFC 3986's characters, and those that browsers send unencoded in a query.
// No '#': a fragment is never sent. No quote, angle bracket or raw UTF-8.
inline constexpr auto target = make("-._~!$&'()*+,;=:@/?%[]{}|^`\\");
// RFC 3986 section 3.2.2: a name or IPv4 address; what stands in brackets.
inline constexpr auto host = make("-._~!$&'()*+,;=%");
inline constexpr auto bracketed = make("-._~!$&'()*+,;=:");

}  // namespace character_tables

constexpr bool is_token_character(char c) noexcept {
    return character_tables::token[to_byte(c)];
}

constexpr bool consists_of(std::string_view text,
                           const std::array<bool, 256>& table) noexcept {
    for (const char c : text) {
        if (!table[to_byte(c)]) {
            return false;
        }
    }
    return true;
}

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && consists_of(text, character_tables::token);
}

constexpr bool is_control(char c) noexcept {
    return (to_byte(c) < 0x20 && c != '\t') || c == 0x7F;
}

// Whether eight bytes at once hold none below 0x20 and no 0x7F. A tab makes it
// false too; the caller then looks at each byte.
inline bool has_only_plain_bytes(const char* eight) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = ones * 0x80;
    std::uint64_t word = 0;
    std::memcpy(&word, eight, sizeof word);
    const std::uint64_t del = word ^ (ones * 0x7F);
    const std::uint64_t low = (word - ones * 0x20) & ~word;
    return ((low | ((del - ones) & ~del)) & tops) == 0;
}

// RFC 9110 section 5.5: visible characters, blanks, and bytes from 0x80 up.
inline bool is_field_value(std::string_view text) noexcept {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        if (!has_only_plain_bytes(text.data() + i)) {
            for (std::size_t j = i; j < i + 8; ++j) {
                if (is_control(text[j])) {
                    return false;
                }
            }
        }
    }
    for (; i < text.size(); ++i) {
        if (is_control(text[i])) {
            return false;
        }
    }
    return true;
}

constexpr bool is_same_ignoring_case(std::string_view left,
                                     std::string_view right) noexcept {
    if (left.size() != right.size()) {
        return false;
    }
    for (std::size_t i = 0; i < left.size(); ++i) {
        const bool is_same =
            left[i] == right[i] || to_lower(left[i]) == to_lower(right[i]);
        if (!is_same) return false;
    }
    return true;
}

constexpr std::string_view trim_blanks(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

// The next element of a comma-separated list, trimmed; nothing at its end.
// Empty elements are returned: the caller decides what they mean.
constexpr std::optional<std::string_view> take_element(
    std::string_view& list) noexcept {
    if (list.data() == nullptr) {
        return std::nullopt;
    }
    const std::size_t comma = list.find(',');
    const std::string_view element = trim_blanks(list.substr(0, comma));
    list =
        comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    return element;
}

}  // namespace coil::http::detail
