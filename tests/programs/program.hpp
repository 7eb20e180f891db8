// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Programs as data: trees of operations, which `model.cpp` predicts, `on_coil.cpp`
/// runs and `as_cpp.cpp` prints. What each operation means is said in `model.cpp`.
namespace programs {

using duration = std::chrono::nanoseconds;

enum class op : std::uint8_t {
    // leaves
    sleep,
    yield,
    never,
    late,       // waits for ever; asked to stop, takes its time and ends somehow
    foreign,    // another library's awaitable: cannot be asked to stop
    fail,       // throws
    stop_here,  // ends as stopped
    ask_stop,   // asks its scope to stop
    open,       // gives a resource; its part is what the drop does
    set,
    wait,
    send,
    receive,
    close,
    // work made of parts
    seq,
    outcome,
    shield,
    once,
    timeout,
    with,       // drop, body
    with_made,  // maker, drop, body
    with_two,   // drop, drop, body
    own,        // drop, body, drop
    owned,      // drop, body
    group,      // body, child...
    join,
    join_outcomes,
    race,
    for_each,  // stream, body
    loop,      // stream, body
    for_loop,  // stream, body; leaves it after a number of items
    collect,   // stream
    // streams
    generator,  // what is done before each item
    owning,     // a resource_generator: drop, what is done before each item
    delegate,   // generators, one after the other, by elements_of
    queue,      // what a channel receives
    map,        // stream, function
    filter,     // stream, function
    take,       // stream
    merge,      // stream, stream
};
constexpr std::size_t op_count = static_cast<std::size_t>(op::merge) + 1;

[[nodiscard]] const char* name_of(op what) noexcept;
[[nodiscard]] constexpr bool is_stream(op what) noexcept {
    return what >= op::generator;
}
[[nodiscard]] constexpr bool is_leaf(op what) noexcept {
    return what < op::seq || what == op::queue;
}
/// Which of its parts are streams, and which are what a resource's drop does.
[[nodiscard]] bool takes_stream(op what, std::size_t part) noexcept;
[[nodiscard]] bool takes_drop(op what, std::size_t part) noexcept;
/// How many parts must stay, and whether there may be more.
[[nodiscard]] std::size_t parts_min(op what) noexcept;

struct node {
    op what = op::yield;
    int id = 0;      // its place in the program, in the order of writing
    int number = 0;  // which event or channel; a limit; a kind of end
    duration pause{};
    std::vector<node> parts;
};

constexpr int event_count = 2;
constexpr int channel_count = 2;
constexpr int queue_items_max = 4;  // that one stream takes from a channel
constexpr std::size_t channel_capacity[channel_count] = {1, 2};

/// A stop of the whole, just before the piece of this number runs; 0: none.
struct planned_stop {
    int piece = 0;
    bool is_hard = false;
};

struct program {
    node root;
    planned_stop stops[2];
    int throw_at = 0;         // which point of the program throws; 0: none
    std::uint64_t order = 0;  // draws which piece runs next; 0: the oldest
};

/// Numbers that look random: splitmix64, by G. Steele, D. Lea and C. Flood, "Fast
/// splittable pseudorandom number generators", 2014.
class random_numbers {
public:
    explicit random_numbers(std::uint64_t seed) noexcept : state_(seed) {}
    [[nodiscard]] unsigned below(unsigned limit) noexcept;

private:
    std::uint64_t state_;
};

/// Numbers the nodes; to be called when their tree has changed.
int number_nodes(node& root, int next = 1);
/// The operations in the order of writing: tells programs apart.
[[nodiscard]] std::string shape_of(const node& root);
[[nodiscard]] std::size_t size_of(const node& root);

/// A program in one line, for the list of those that failed once; and back, if it is
/// one.
[[nodiscard]] std::string to_text(const program& shown);
[[nodiscard]] std::optional<program> from_text(const std::string& line);

/// Something that happened, and when.
enum class event_kind : std::int8_t {
    began,
    value,
    error,
    stopped,
    drop_after_return,
    drop_after_error,
    drop_after_stop,
    dropped,
    lost,
    item,
    deadlock,
};
struct entry {
    std::int64_t at;
    int id;  // of the node
    event_kind what;
    int item = 0;
    friend bool operator==(const entry&, const entry&) = default;
};
using history = std::vector<entry>;
[[nodiscard]] std::string to_string(const entry& shown);

}  // namespace programs
