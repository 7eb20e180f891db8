// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/http/sse.hpp>

#include <stdexcept>

namespace coil::http {
namespace {

using namespace std::string_view_literals;

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\n");
}

void expect_one_line(std::string_view text) {
    if (text.find_first_of("\r\n\0"sv) != std::string_view::npos) {
        throw std::invalid_argument(
            "server event: line end or NUL in a one-line field");
    }
}

// A line ends with CR LF, CR or LF: the page takes each for one.
std::string_view take_line(std::string_view& text) {
    const auto* const ends = COIL_PLANTED(cr_ends_no_data_line) ? "\n" : "\r\n";
    const std::size_t size = text.find_first_of(ends);
    const std::string_view line = text.substr(0, size);
    if (size == std::string_view::npos) {
        text = {};
        return line;
    }
    const bool is_pair = text.substr(size, 2) == "\r\n";
    text.remove_prefix(size + (is_pair ? 2 : 1));
    return line;
}

}  // namespace

void append_event(std::string& out, const server_event& event) {
    expect_one_line(event.event);
    expect_one_line(event.id);
    if (event.retry && event.retry->count() < 0) {
        throw std::invalid_argument("server event: a pause of less than nothing");
    }
    if (!event.event.empty()) append_line(out, "event", event.event);
    if (!event.id.empty()) append_line(out, "id", event.id);
    if (event.retry) append_line(out, "retry", std::to_string(event.retry->count()));

    std::string_view rest = event.data;
    bool has_more = true;
    while (has_more) {
        const std::size_t size_before = rest.size();
        const std::string_view line = take_line(rest);
        has_more = line.size() != size_before;  // a line end was taken
        append_line(out, "data", line);
    }
    out.append("\n");
}

void append_comment(std::string& out, std::string_view text) {
    out.append(": ");
    for (const char c : text) out += c == '\r' || c == '\n' ? ' ' : c;
    out.append("\n\n");
}

}  // namespace coil::http
