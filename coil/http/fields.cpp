// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/http/detail/characters.hpp>
#include <coil/http/fields.hpp>

#include <algorithm>
#include <stdexcept>

namespace coil::http {
namespace {

struct line_range {
    std::size_t begin = 0;
    std::size_t size = 0;  // with its CRLF
    field_view field;
};

// Lines are ours, so each is known to be "name: value\r\n".
std::optional<line_range> find_line(std::string_view lines,
                                    std::string_view name) noexcept {
    for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t size = lines.find('\n', begin) + 1 - begin;
        const std::string_view line = lines.substr(begin, size);
        const std::size_t colon = line.find(':');
        if (is_same_name(line.substr(0, colon), name)) {
            const std::string_view value = line.substr(colon + 2, size - colon - 4);
            return line_range{begin, size, {line.substr(0, colon), value}};
        }
        begin += size;
    }
    return std::nullopt;
}

void expect_sendable(std::string_view name, std::string_view value) {
    if (!detail::is_token(name)) {
        throw std::invalid_argument("http field: the name is not a token");
    }
    if (!detail::is_field_value(value)) {
        throw std::invalid_argument("http field: the value has a control character");
    }
}

}  // namespace

bool is_same_name(std::string_view left, std::string_view right) noexcept {
    return detail::is_same_ignoring_case(left, right);
}

void fields::add(std::string_view name, std::string_view value) {
    expect_sendable(name, value);
    const auto append_to = [&](std::string& lines) {
        lines.append(name).append(": ").append(value).append("\r\n");
    };
    const std::size_t needed = lines_.size() + name.size() + value.size() + 4;
    if (needed <= lines_.capacity()) return append_to(lines_);
    std::string larger;  // both may be views of our own lines, which live until then
    larger.reserve(std::max(needed, 2 * lines_.size()));
    larger.append(lines_);
    append_to(larger);
    lines_.swap(larger);
}

void fields::set(std::string_view name, std::string_view value) {
    expect_sendable(name, value);
    const std::string kept_name(name);  // both may be views of our own lines
    const std::string kept_value(value);
    remove(kept_name);
    add(kept_name, kept_value);
}

void fields::remove(std::string_view name) noexcept {
    while (const auto line = find_line(lines_, name)) {
        lines_.erase(line->begin, line->size);
    }
}

std::optional<std::string_view> fields::find(std::string_view name) const noexcept {
    if (const auto line = find_line(lines_, name)) {
        return line->field.value;
    }
    return std::nullopt;
}

}  // namespace coil::http
