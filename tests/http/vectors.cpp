// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "vectors.hpp"

#include <charconv>
#include <fstream>
#include <stdexcept>

namespace coil::http {
namespace {

/// Reads one file of vectors, line by line.
class vector_reader {
public:
    vector_reader(std::string_view category, std::vector<request_vector>& into)
        : category_(category),
          path_("tests/http/vectors/" + std::string(category) + ".txt"),
          all_(into) {}

    void read() {
        std::ifstream file(path_);
        if (!file) throw std::runtime_error(path_ + ": cannot be read");
        for (std::string line; std::getline(file, line);) {
            ++number_;
            take(line);
        }
        expect(state_ != state::begun, "a vector without a section");
    }

private:
    enum class state : unsigned char { none, begun, has_section };

    void take(std::string_view line) {
        if (line.empty() || line.front() == '#') return;
        if (line.substr(0, 3) == "== ") {
            expect(state_ != state::begun, "the vector before has no section");
            all_.push_back({category_, std::string(line.substr(3)), {}, {}});
            state_ = state::begun;
            return;
        }
        expect(state_ != state::none, "a line before the first vector");
        if (state_ == state::begun) {
            expect(line.substr(0, 4) == "RFC ", "the section begins with RFC");
            all_.back().section = line;
            state_ = state::has_section;
            return;
        }
        const std::string_view rest = line.substr(1);
        switch (line.front()) {
            case '>': return send(unescaped(rest) + "\r\n");
            case '-': return send(unescaped(rest));
            case '.': return add({.kind = step_kind::half_close});
            case '<': return expectation(rest);
            default: expect(false, "a line begins with one of == > - . < #");
        }
    }

    void send(const std::string& bytes) {
        auto& steps = all_.back().steps;
        if (!steps.empty() && steps.back().kind == step_kind::send) {
            steps.back().text += bytes;
        } else {
            add({.kind = step_kind::send, .text = bytes});
        }
    }

    void expectation(std::string_view text) {
        if (text == "end") return add({.kind = step_kind::end});
        if (text.substr(0, 1) == "!") {
            return add(
                {.kind = step_kind::no_field, .text = std::string(text.substr(1))});
        }
        const bool is_head = text.substr(0, 5) == "head ";
        if (is_head) text.remove_prefix(5);
        unsigned status = 0;
        const auto [end, failure] =
            std::from_chars(text.data(), text.data() + text.size(), status);
        if (failure != std::errc()) {
            return add({.kind = step_kind::has_field, .text = std::string(text)});
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.empty()) text.remove_prefix(1);
        add({.kind = is_head ? step_kind::head : step_kind::answer,
             .text = unescaped(text),
             .status = status});
    }

    void add(vector_step step) { all_.back().steps.push_back(std::move(step)); }

    [[nodiscard]] std::string unescaped(std::string_view text) const {
        std::string bytes;
        while (!text.empty()) {
            const char c = text.front();
            text.remove_prefix(1);
            if (c != '\\') {
                bytes += c;
            } else {
                take_escape(text, bytes);
            }
        }
        return bytes;
    }

    void take_escape(std::string_view& text, std::string& bytes) const {
        expect(!text.empty(), "a backslash at the end");
        const char c = text.front();
        text.remove_prefix(1);
        switch (c) {
            case 'r': bytes += '\r'; return;
            case 'n': bytes += '\n'; return;
            case 't': bytes += '\t'; return;
            case '\\': bytes += '\\'; return;
            case 'x': {
                unsigned value = 0;
                const std::string_view digits = text.substr(0, 2);
                const auto read = std::from_chars(
                    digits.data(), digits.data() + digits.size(), value, 16);
                expect(read.ptr == digits.data() + 2, "two digits follow \\x");
                bytes += static_cast<char>(value);
                text.remove_prefix(2);
                return;
            }
            case '{': return take_repetition(text, bytes);
            default: expect(false, "an unknown escape");
        }
    }

    void take_repetition(std::string_view& text, std::string& bytes) const {
        std::size_t count = 0;
        const auto read =
            std::from_chars(text.data(), text.data() + text.size(), count);
        const std::size_t end = text.find('}');
        expect(
            read.ec == std::errc() && end != std::string_view::npos && *read.ptr == '*',
            "want \\{<count>*<text>}");
        const auto begin = static_cast<std::size_t>(read.ptr - text.data()) + 1;
        const std::string what = unescaped(text.substr(begin, end - begin));
        while (count-- != 0) bytes += what;
        text.remove_prefix(end + 1);
    }

    void expect(bool condition, std::string_view otherwise) const {
        if (condition) return;
        throw std::runtime_error(path_ + ":" + std::to_string(number_) + ": " +
                                 std::string(otherwise));
    }

    std::string_view category_;
    std::string path_;
    std::vector<request_vector>& all_;
    state state_ = state::none;
    std::size_t number_ = 0;
};

bool is_answer(const vector_step& step) noexcept {
    return (step.kind == step_kind::answer || step.kind == step_kind::head) &&
           step.status >= 200;
}

}  // namespace

std::string request_vector::bytes() const {
    std::string all;
    for (const vector_step& step : steps) {
        if (step.kind == step_kind::send) all += step.text;
    }
    return all;
}

std::size_t request_vector::answer_count() const noexcept {
    std::size_t count = 0;
    for (const vector_step& step : steps) count += is_answer(step) ? 1 : 0;
    return count;
}

unsigned request_vector::last_status() const noexcept {
    unsigned last = 0;
    for (const vector_step& step : steps) {
        if (is_answer(step)) last = step.status;
    }
    return last;
}

bool request_vector::ends() const noexcept {
    return !steps.empty() && steps.back().kind == step_kind::end;
}

const std::vector<request_vector>& all_request_vectors() {
    static const std::vector<request_vector> all = [] {
        std::vector<request_vector> read;
        for (const std::string_view category : vector_categories) {
            vector_reader(category, read).read();
        }
        return read;
    }();
    return all;
}

}  // namespace coil::http
