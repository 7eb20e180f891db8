// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "check.hpp"

#include "as_cpp.hpp"
#include "on_coil.hpp"

#include <algorithm>
#include <utility>

namespace programs {

std::optional<std::string> find_difference(const program& asked,
                                           const prediction& told) {
    const outcome_on_coil came = run_on_coil(asked);
    const auto [should, did] = std::ranges::mismatch(told.seen, came.seen);
    std::string text;
    if (should != told.seen.end() || did != came.seen.end()) {
        text += "  model: ";
        text += should != told.seen.end() ? to_string(*should) : "has ended";
        text += "\n  coil:  ";
        text += did != came.seen.end() ? to_string(*did) : "has ended";
        text += '\n';
    }
    if (told.pieces != came.pieces)
        text += "  pieces: " + std::to_string(told.pieces) + ", coil ran " +
                std::to_string(came.pieces) + '\n';
    if (came.frames_left != 0)
        text += "  frames left: " + std::to_string(came.frames_left) + '\n';
    if (text.empty()) return std::nullopt;
    return text;
}
std::optional<std::string> find_difference(const program& asked) {
    return find_difference(asked, predict(asked));
}

namespace {

/// Tries smaller programs until none of them fails.
class shrinker {
public:
    shrinker(program failing, const std::function<bool(const program&)>& fails)
        : best_(std::move(failing)),
          fails_(fails) {}

    program run() {
        while (shrink_plan() || shrink_node(best_.root)) {}
        return best_;
    }

private:
    /// Only generators can be delegated to.
    static bool is_whole(const node& n) {
        const auto is_generator = [](const node& part) {
            return part.what == op::generator || part.what == op::delegate;
        };
        return (n.what != op::delegate || std::ranges::all_of(n.parts, is_generator)) &&
               std::ranges::all_of(n.parts, is_whole);
    }
    /// Takes over a changed program if it fails, too.
    bool fails(program changed) {
        if (!is_whole(changed.root)) return false;
        number_nodes(changed.root);
        if (!fails_(changed)) return false;
        best_ = std::move(changed);
        return true;
    }
    bool try_change(const auto& change) {
        program changed = best_;
        return change(changed) && fails(std::move(changed));
    }
    bool shrink_plan() {
        for (std::size_t i = 0; i < 2; ++i) {
            const bool is_less = try_change(
                [i](program& p) { return std::exchange(p.stops[i], {}).piece != 0; });
            if (is_less) return true;
        }
        return try_change(
                   [](program& p) { return std::exchange(p.throw_at, 0) != 0; }) ||
               try_change([](program& p) { return std::exchange(p.order, 0) != 0; });
    }

    /// The node of `of` that has this number.
    static node& at(node& of, int id) {
        node* found = &of;
        while (found->id != id) {
            auto next = std::ranges::find_if(
                found->parts, [id](const node& part) { return part.id > id; });
            found = &*std::prev(next);
        }
        return *found;
    }
    bool change_node(int id, const auto& change) {
        return try_change([&](program& p) { return change(at(p.root, id)); });
    }
    bool shrink_node(const node& of) {
        const int id = of.id;
        const int behind = id + static_cast<int>(size_of(of));
        for (int inner = id + 1; inner < behind; ++inner) {
            if (change_node(id, [&](node& n) { return replace(n, at(n, inner)); }))
                return true;
        }
        for (std::size_t i = 0; i < of.parts.size(); ++i) {
            if (change_node(id, [i](node& n) { return erase_part(n, i); })) return true;
        }
        if (change_node(id, [](node& n) { return make_leaf(n); })) return true;
        for (std::size_t i = 0; i < of.parts.size(); ++i) {
            if (shrink_node(of.parts[i])) return true;
        }
        return false;
    }
    /// What is inside it, instead of it.
    static bool replace(node& n, node& inner) {
        if (is_stream(inner.what) != is_stream(n.what)) return false;
        node kept = std::move(inner);
        n = std::move(kept);
        return true;
    }
    static bool erase_part(node& n, std::size_t i) {
        if (n.parts.size() <= parts_min(n.what) || takes_drop(n.what, i)) return false;
        n.parts.erase(n.parts.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
    }
    static bool make_leaf(node& n) {
        const op least = is_stream(n.what) ? op::queue : op::yield;
        if (n.what == least) return false;
        n.what = least;
        n.number %= channel_count;
        n.parts.clear();
        return true;
    }

    program best_;
    const std::function<bool(const program&)>& fails_;
};

}  // namespace

program shrink(program failing, const std::function<bool(const program&)>& fails) {
    return shrinker(std::move(failing), fails).run();
}

std::string report(const program& failing) {
    const program least = shrink(
        failing, [](const program& p) { return find_difference(p).has_value(); });
    return "coil and the model do not agree on this program:\n" +
           find_difference(least).value_or("(but they do now)\n") + "\n" +
           as_cpp(least) + "\nTo keep it, append to tests/programs/kept.txt:\n" +
           to_text(least) + "\n";
}

}  // namespace programs
