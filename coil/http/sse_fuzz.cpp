// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whatever events hold, a page receives these events and no others: they are read back
// by the rules for event streams of the HTML standard (section 9.2.6), written here
// anew. Events that cannot be sent are refused and leave no trace.
#include <coil/base/assert.hpp>
#include <coil/http/sse.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace coil::http;
using namespace std::string_view_literals;

/// What a page is told.
struct message {
    std::string type;
    std::string data;
    std::string last_id;
    bool operator==(const message&) const = default;
};

/// A page's end of the stream.
class event_source {
public:
    std::vector<message> messages;
    std::string retry;

    void read(std::string_view stream) {
        while (!stream.empty()) {
            const std::size_t size = stream.find_first_of("\r\n");
            if (size == std::string_view::npos) return;  // a line that has not ended
            const bool is_pair = stream.substr(size, 2) == "\r\n";
            take_line(stream.substr(0, size));
            stream.remove_prefix(size + (is_pair ? 2 : 1));
        }
    }

private:
    void take_line(std::string_view line) {
        if (line.empty()) return dispatch();
        const std::size_t colon = line.find(':');
        if (colon == 0) return;
        std::string_view value;
        if (colon != std::string_view::npos) {
            value = line.substr(colon + 1);
            if (value.substr(0, 1) == " ") value.remove_prefix(1);
        }
        take_field(line.substr(0, colon), value);
    }

    void take_field(std::string_view name, std::string_view value) {
        if (name == "event") type_ = value;
        if (name == "data") data_.append(value).append("\n");
        if (name == "id" && value.find('\0') == std::string_view::npos) id_ = value;
        const bool is_number = value.find_first_not_of("0123456789") == value.npos;
        if (name == "retry" && is_number) retry = value;
    }

    void dispatch() {
        if (!data_.empty()) {
            data_.pop_back();
            messages.push_back({type_.empty() ? "message" : type_, data_, id_});
        }
        type_.clear();
        data_.clear();
    }

    std::string type_;
    std::string data_;
    std::string id_;
};

/// Takes texts off the fuzzer's input.
class draws {
public:
    explicit draws(std::string_view bytes) noexcept : left_(bytes) {}
    [[nodiscard]] bool is_empty() const noexcept { return left_.empty(); }
    std::uint8_t byte() noexcept {
        if (left_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return first;
    }
    std::string_view text() noexcept {
        const std::string_view taken = left_.substr(0, byte() % 64U);
        left_.remove_prefix(taken.size());
        return taken;
    }

private:
    std::string_view left_;
};

// Each of the three line ends arrives as LF.
std::string with_plain_line_ends(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
        plain += text[i] == '\r' ? '\n' : text[i];
    }
    return plain;
}

bool is_one_line(std::string_view text) {
    return text.find_first_of("\r\n\0"sv) == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    draws from(std::string_view(reinterpret_cast<const char*>(input), size));
    std::string stream;
    std::vector<message> expected;
    std::string last_id;
    std::string retry;
    while (!from.is_empty()) {
        const std::uint8_t what = from.byte();
        if (what % 8 == 0) {
            append_comment(stream, from.text());
            continue;
        }
        server_event sent{.data = from.text(), .event = from.text(), .id = from.text()};
        if (what % 2 == 0) sent.retry = std::chrono::milliseconds(what - 100);
        const bool can_be_sent =
            is_one_line(sent.event) && is_one_line(sent.id) &&
            sent.retry.value_or(std::chrono::milliseconds(0)).count() >= 0;
        const std::string before = stream;
        try {
            append_event(stream, sent);
            COIL_EXPECTS(can_be_sent);
        } catch (const std::invalid_argument&) {
            COIL_EXPECTS(!can_be_sent && stream == before);
            continue;
        }
        if (!sent.id.empty()) last_id = sent.id;
        if (sent.retry) retry = std::to_string(sent.retry->count());
        expected.push_back({sent.event.empty() ? "message" : std::string(sent.event),
                            with_plain_line_ends(sent.data), last_id});
    }
    event_source page;
    page.read(stream);
    COIL_EXPECTS(page.messages == expected);
    COIL_EXPECTS(page.retry == retry);
    return 0;
}
