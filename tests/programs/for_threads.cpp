// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "for_threads.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace programs {

namespace {

constexpr duration endless = std::chrono::hours(1);
constexpr int some_queue = 0;  // instead of a node's number
constexpr int entries_per_piece = 4;
constexpr int pause_divisor = 1024;  // at most 140 microseconds are left

/// Whether its parts run beside each other.
bool is_fork(op what) {
    return what == op::group || what == op::join || what == op::join_outcomes ||
           what == op::race || what == op::merge;
}
bool starts_region(const node& outer) {
    return is_fork(outer.what) || outer.what == op::open;  // dropped who knows where
}

bool contains(const node& n, std::initializer_list<op> any) {
    return std::ranges::find(any, n.what) != any.end() ||
           std::ranges::any_of(n.parts,
                               [any](const node& part) { return contains(part, any); });
}

node wrapped(op what, node inner) {
    node outer;
    outer.what = what;
    outer.parts.push_back(std::move(inner));
    return outer;
}

void shorten_pauses(node& n) {
    if (n.pause < endless) n.pause /= pause_divisor;
    for (node& part : n.parts) shorten_pauses(part);
}

void insert_yields(node& n, random_numbers& draw) {
    for (node& part : n.parts) insert_yields(part, draw);
    if (n.what != op::seq) return;
    std::vector<node> parts;
    for (node& part : n.parts) {
        if (draw.below(3) == 0) parts.emplace_back();
        parts.push_back(std::move(part));
    }
    n.parts = std::move(parts);
}

/// The whole is a limit of time around all it does, one after the other.
void run_beside_each_other(node& whole, random_numbers& draw) {
    node all;
    all.what = op::group;
    all.parts.emplace_back();  // the body yields
    all.number = 1 + static_cast<int>(draw.below(6));
    for (node& part : whole.parts[0].parts) {
        const bool follows = all.parts.size() > 1 && draw.below(4) == 0;
        if (!follows)
            all.parts.push_back(wrapped(op::seq, std::move(part)));
        else
            all.parts.back().parts.push_back(std::move(part));
    }
    whole.parts[0] = std::move(all);
}

// ---- without races

/// What could end a part in a way that its siblings notice stays in it.
void contain(node& part) {
    const bool may_ask = contains(part, {op::ask_stop});
    const bool may_end = contains(part, {op::fail, op::stop_here});
    const bool is_contained =
        part.what == op::outcome && (!may_ask || part.parts[0].what == op::shield);
    if (is_contained || !(may_ask || may_end)) return;
    if (may_ask) part = wrapped(op::shield, std::move(part));
    part = wrapped(op::outcome, std::move(part));
}

void calm(node& n) {
    while (n.what == op::merge) {
        node first = std::move(n.parts[0]);
        n = std::move(first);
    }
    if (n.what == op::race) n.what = op::join;
    if (n.what == op::never || n.what == op::late) n.what = op::yield;
    if (n.what == op::timeout) n.pause = endless;
    for (node& part : n.parts) calm(part);
    if (!is_fork(n.what)) return;
    for (node& part : n.parts) contain(part);
}

void wait_for_nobody(node& n) {
    const bool is_stream = n.what == op::queue;
    n.what = is_stream ? op::generator : op::yield;
    if (is_stream) n.parts.emplace_back();
}

/// Gives each channel to the first region that sends, and to the first that receives.
class owner_of_channels {
public:
    void walk(node& n, int region) {
        settle(n, region);
        for (node& part : n.parts) walk(part, starts_region(n) ? ++last_ : region);
    }

private:
    void settle(node& n, int region) {
        const bool receives = n.what == op::receive || n.what == op::queue;
        if (!receives && n.what != op::send && n.what != op::close) return;
        for (const int number : {n.number, 1 - n.number}) {
            int& owner = owners_[receives][number];
            if (owner == nobody) owner = region;
            if (owner != region) continue;
            n.number = number;
            return;
        }
        wait_for_nobody(n);
    }
    static constexpr int nobody = -1;
    int owners_[2][channel_count] = {{nobody, nobody}, {nobody, nobody}};
    int last_ = 0;
};

void number_regions(const node& n, int region, int& last, std::vector<int>& regions) {
    regions.push_back(region);  // the nodes have their numbers in this order
    for (const node& part : n.parts)
        number_regions(part, starts_region(n) ? ++last : region, last, regions);
}

/// The first that was still waiting when all was late.
bool unblock(node& n, int id) {
    const bool waits = n.what == op::wait || n.what == op::send ||
                       n.what == op::receive || n.what == op::queue;
    if (waits && (n.id == id || (n.what == op::queue && id == some_queue))) {
        wait_for_nobody(n);
        return true;
    }
    const bool consumes = !n.parts.empty() && is_stream(n.parts[0].what);
    const int inside = n.id == id && consumes ? some_queue : id;
    return std::ranges::any_of(n.parts,
                               [inside](node& part) { return unblock(part, inside); });
}
void unblock(program& asked, const history& seen) {
    const std::int64_t late = std::min(seen.back().at, endless.count());
    for (const entry& each : seen) {
        if (each.at < late || each.what != event_kind::stopped) continue;
        if (unblock(asked.root, each.id)) break;
    }
    number_nodes(asked.root);
}

}  // namespace

program for_threads(program asked, std::uint64_t seed) {
    random_numbers draw(seed);
    shorten_pauses(asked.root);
    insert_yields(asked.root, draw);
    if (draw.below(4) != 0) run_beside_each_other(asked.root, draw);
    number_nodes(asked.root);
    for (planned_stop& stop : asked.stops) stop.piece *= entries_per_piece;
    asked.throw_at = 0;
    asked.order = 0;
    return asked;
}

program without_races(program asked) {
    calm(asked.root);
    owner_of_channels().walk(asked.root, 0);
    number_nodes(asked.root);
    asked.stops[0] = asked.stops[1] = {};
    for (;;) {
        const prediction told = predict(asked);
        if (ends_by_itself(told)) return asked;
        unblock(asked, told.seen);
    }
}

bool ends_by_itself(const prediction& told) {
    const entry& last = told.seen.back();
    return last.at < endless.count() && last.what != event_kind::deadlock;
}

std::vector<int> regions_of(const node& root) {
    std::vector<int> regions(1);
    int last = 0;
    number_regions(root, 0, last, regions);
    return regions;
}

}  // namespace programs
