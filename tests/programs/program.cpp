// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace programs {

namespace {
struct traits {
    const char* name;
    std::size_t parts_min;
    unsigned streams;  // a bit for each part that is a stream
    unsigned drops;    // a bit for each part that is a drop
};
constexpr traits table[] = {
    {"sleep", 0, 0, 0},     {"yield", 0, 0, 0},      {"never", 0, 0, 0},
    {"late", 0, 0, 0},      {"foreign", 0, 0, 0},    {"fail", 0, 0, 0},
    {"stop_here", 0, 0, 0}, {"ask_stop", 0, 0, 0},   {"open", 1, 0, 1},
    {"set", 0, 0, 0},       {"wait", 0, 0, 0},       {"send", 0, 0, 0},
    {"receive", 0, 0, 0},   {"close", 0, 0, 0},      {"seq", 1, 0, 0},
    {"outcome", 1, 0, 0},   {"shield", 1, 0, 0},     {"once", 1, 0, 0},
    {"timeout", 1, 0, 0},   {"with", 2, 0, 1},       {"with_made", 3, 0, 2},
    {"with_two", 3, 0, 3},  {"own", 3, 0, 5},        {"owned", 2, 0, 1},
    {"group", 1, 0, 0},     {"join", 2, 0, 0},       {"join_outcomes", 2, 0, 0},
    {"race", 2, 0, 0},      {"for_each", 2, 1, 0},   {"loop", 2, 1, 0},
    {"for_loop", 2, 1, 0},  {"collect", 1, 1, 0},    {"generator", 1, 0, 0},
    {"owning", 2, 0, 1},    {"delegate", 1, ~0U, 0}, {"queue", 0, 0, 0},
    {"map", 2, 1, 0},       {"filter", 2, 1, 0},     {"take", 1, 1, 0},
    {"merge", 2, 3, 0},
};
static_assert(std::size(table) == op_count);

const traits& of(op what) noexcept {
    return table[static_cast<std::size_t>(what)];
}
}  // namespace

const char* name_of(op what) noexcept {
    return of(what).name;
}
bool takes_stream(op what, std::size_t part) noexcept {
    return (of(what).streams >> part & 1) != 0;
}
bool takes_drop(op what, std::size_t part) noexcept {
    return (of(what).drops >> part & 1) != 0;
}
std::size_t parts_min(op what) noexcept {
    return of(what).parts_min;
}

unsigned random_numbers::below(unsigned limit) noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return static_cast<unsigned>((mixed ^ mixed >> 31) >> 32) % limit;
}

int number_nodes(node& root, int next) {
    root.id = next++;
    for (node& part : root.parts) next = number_nodes(part, next);
    return next;
}

std::string shape_of(const node& root) {
    std::string shape(1, static_cast<char>('0' + static_cast<int>(root.what)));
    for (const node& part : root.parts) shape += shape_of(part);
    return shape;
}

std::size_t size_of(const node& root) {
    std::size_t size = 1;
    for (const node& part : root.parts) size += size_of(part);
    return size;
}

namespace {

void append_node(std::string& text, const node& n) {
    text += std::string("(") + name_of(n.what) + " " + std::to_string(n.number) + " " +
            std::to_string(n.pause.count());
    for (const node& part : n.parts) append_node(text += ' ', part);
    text += ')';
}

/// Leaves `from` in a failed state if there is none.
node read_node(std::istream& from) {
    node n;
    char bracket = 0;
    std::string name;
    std::int64_t pause = 0;
    from >> bracket >> name >> n.number >> pause;
    n.pause = duration(pause);
    const auto* found = std::find_if(std::begin(table), std::end(table),
                                     [&](const traits& t) { return name == t.name; });
    if (!from || bracket != '(' || found == std::end(table)) {
        from.setstate(std::ios::failbit);
        return n;
    }
    n.what = static_cast<op>(found - table);
    while (from >> std::ws && from.peek() == '(') n.parts.push_back(read_node(from));
    if (from.get() != ')' || n.parts.size() < parts_min(n.what))
        from.setstate(std::ios::failbit);
    return n;
}

}  // namespace

std::string to_text(const program& shown) {
    std::string text;
    for (const planned_stop& stop : shown.stops)
        text += std::to_string(stop.piece) + (stop.is_hard ? " hard " : " soft ");
    text += std::to_string(shown.throw_at) + " " + std::to_string(shown.order) + " ";
    append_node(text, shown.root);
    return text;
}

std::optional<program> from_text(const std::string& line) {
    std::istringstream from(line);
    program read;
    for (planned_stop& stop : read.stops) {
        std::string level;
        from >> stop.piece >> level;
        stop.is_hard = level == "hard";
    }
    from >> read.throw_at >> read.order;
    read.root = read_node(from);
    if (!from) return std::nullopt;
    number_nodes(read.root);
    return read;
}

std::string to_string(const entry& shown) {
    static constexpr const char* words[] = {
        "began",         "value",   "error", "stopped", "drop, returned", "drop, error",
        "drop, stopped", "dropped", "lost",  "item",    "deadlock"};
    return "at " + std::to_string(shown.at) + ": " + std::to_string(shown.id) + " " +
           words[static_cast<std::size_t>(shown.what)] +
           (shown.what == event_kind::item ? " " + std::to_string(shown.item) : "");
}

}  // namespace programs
