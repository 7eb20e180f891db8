// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "program.hpp"

#include <optional>
#include <string>

namespace programs {

/// The node of what stops the whole from outside, in a history; its item is the level.
constexpr int outside = 0;

/// What must be true of any order in which threads run a program, read off one of them:
/// what began ends once, within what it is a part of; of what begins nothing is left
/// out; each end follows from those of the parts; nothing is stopped but by something
/// that stops it; a drop runs to its end; an item comes once.
class laws {
public:
    explicit laws(const program& asked);

    /// Goes one step on in the history.
    void step(const entry& next);
    /// The whole has ended.
    void end();
    /// The first that was broken, if any.
    [[nodiscard]] const std::optional<std::string>& broken() const noexcept {
        return broken_;
    }

    /// Those nodes that wait now and that nothing has stopped.
    [[nodiscard]] std::vector<const node*> waiting() const;

private:
    enum class dropping : std::uint8_t { no, begins, runs, is_told };
    /// Where a node is in the program.
    struct place {
        int parent = outside;  // that writes down its ends, too
        std::size_t part = 0;  // which of the parent's it is, or is in
        int scope = outside;   // that is stopped by what asks for that here
        bool is_drop = false;
        bool is_child = false;  // of a group
        bool is_late = false;   // may outlive its parent
        bool in_merge = false;  // a source of it, or a part of one
    };
    /// What is known of a node, of the last time that it ran.
    struct state {
        const node* is = nullptr;
        place in = {};
        std::vector<int> children = {};
        bool is_open = false;
        dropping drops = dropping::no;
        int asked = 0;        // to stop; the level
        int ended_parts = 0;  // of its own
        int left_to_receive = 0;
        // in this run of the parent:
        int runs = 0;
        int rank = 0;  // among the parts, in the order of their ends
        event_kind how = event_kind::began;
    };

    void know(const node& n, const place& in);
    void begin(state& s);
    void end(state& s, event_kind how);
    void take_rank(state& s);
    void receive(state& s, int item);
    void drop(state& s, event_kind what);
    void check_end(const state& s, event_kind how);
    void check_leaf(const state& s, event_kind how);
    void check_group(const state& s, event_kind how);
    void check_consumer(const state& s, event_kind how);
    [[nodiscard]] std::optional<event_kind> end_of_work(const state& s) const;
    [[nodiscard]] const state* first_end(const state& of, auto decides) const;
    [[nodiscard]] bool is_first_unknown(const state& of) const;
    [[nodiscard]] const state& part(const state& of, std::size_t index) const;
    [[nodiscard]] bool is_stopped(const state& s, bool is_certain) const;
    [[nodiscard]] bool stops_parts(const state& s, const state& child) const;
    void expect(bool is_so, const state& s, const char* law);
    [[nodiscard]] state& at(int id) { return states_[std::size_t(id)]; }
    [[nodiscard]] const state& at(int id) const { return states_[std::size_t(id)]; }

    std::vector<state> states_;
    std::int64_t now_ = 0;
    std::optional<std::string> broken_;
};

}  // namespace programs
