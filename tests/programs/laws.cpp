// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "laws.hpp"

#include <algorithm>

namespace programs {

namespace {

constexpr duration endless = std::chrono::hours(1);
constexpr int soft = 1;
constexpr int hard = 2;

bool writes_down(op what) {
    return !is_stream(what) || what == op::generator || what == op::owning ||
           what == op::delegate;
}
bool consumes(op what) {
    return what == op::for_each || what == op::loop || what == op::for_loop ||
           what == op::collect;
}
bool runs_each_once(op what) {
    return what == op::group || what == op::join || what == op::join_outcomes ||
           what == op::race;
}
bool has_scope(op what) {
    return runs_each_once(what) || what == op::shield || what == op::timeout ||
           what == op::own || what == op::owned || what == op::owning ||
           what == op::for_loop;
}
bool may_wait(op what) {
    return what == op::sleep || what == op::yield || what == op::never ||
           what == op::late || what == op::foreign || what == op::wait ||
           what == op::send || what == op::receive;
}
event_kind end_of_late(const node& n) {
    static constexpr event_kind ends[] = {event_kind::value, event_kind::error,
                                          event_kind::stopped};
    return ends[n.number % 3];
}

}  // namespace

laws::laws(const program& asked) : states_(size_of(asked.root) + 1) {
    know(asked.root, {});
}

void laws::know(const node& n, const place& in) {
    state& s = at(n.id);
    s.is = &n;
    s.in = in;
    if (writes_down(n.what)) at(in.parent).children.push_back(n.id);
    for (std::size_t i = 0; i < n.parts.size(); ++i) {
        const int id = n.parts[i].id;
        place inner = in;
        if (writes_down(n.what)) {
            inner = {.parent = n.id, .part = i, .scope = in.scope};
            inner.is_late = n.what == op::for_loop && i == 0;
            inner.is_child = n.what == op::group && i > 0;
            if (has_scope(n.what)) inner.scope = n.id;
        }
        inner.is_drop = takes_drop(n.what, i);
        inner.in_merge = (!writes_down(n.what) && in.in_merge) || n.what == op::merge;
        if (inner.is_drop || inner.is_child || n.what == op::merge) inner.scope = id;
        know(n.parts[i], inner);
    }
}

void laws::expect(bool is_so, const state& s, const char* law) {
    if (is_so || broken_) return;
    broken_ = "  entry " + std::to_string(now_) + ": " + std::to_string(s.is->id) +
              " " + name_of(s.is->what) + " breaks: " + law + '\n';
}

void laws::step(const entry& next) {
    now_ = next.at;
    state& s = at(next.id);
    if (next.id == outside) {
        s.asked = std::max(s.asked, next.item);
        return;
    }
    switch (next.what) {
        case event_kind::began: return begin(s);
        case event_kind::value:
        case event_kind::error:
        case event_kind::stopped: return end(s, next.what);
        case event_kind::lost: return expect(false, s, "what was made is dropped");
        case event_kind::item: return receive(s, next.item);
        default: return drop(s, next.what);
    }
}

void laws::end() {
    for (const state& s : states_) {
        if (s.is == nullptr) continue;
        expect(!s.is_open, s, "what began ends");
        expect(s.drops == dropping::no, s, "a drop that began ends");
    }
}

void laws::begin(state& s) {
    expect(!s.is_open, s, "it runs once at a time");
    state& parent = at(s.in.parent);
    if (s.in.is_drop) {
        expect(s.drops == dropping::begins, s, "a drop is for what is dropped");
        s.drops = dropping::runs;
    } else if (s.in.parent != outside) {
        expect(parent.is_open || s.in.is_late, s,
               "it begins within what it is a part of");
        if (parent.is->what == op::seq && s.in.part > 0)
            expect(part(parent, s.in.part - 1).how == event_kind::value, s,
                   "one part follows another that gave a value");
        if (parent.is->what == op::owning) parent.asked = 0;  // a scope for each item
    }
    s.is_open = true;
    s.how = event_kind::began;
    s.ended_parts = s.asked = 0;
    ++s.runs;
    if (s.is->what == op::send) ++s.left_to_receive;
    for (const int id : s.children) {
        if (at(id).in.is_drop) continue;
        at(id).runs = at(id).rank = 0;
        at(id).how = event_kind::began;
    }
    if (s.in.is_child) {
        const auto running = std::ranges::count_if(parent.children, [this](int id) {
            return at(id).is_open && at(id).in.is_child;
        });
        expect(running <= parent.is->number, s, "a group keeps to its limit");
    }
    if (s.is->what != op::ask_stop) return;
    state& scope = at(s.in.scope);
    scope.asked = std::max(scope.asked, s.is->number + 1);
}

void laws::end(state& s, event_kind how) {
    expect(s.is_open, s, "what ends has begun");
    s.is_open = false;
    s.how = how;
    for (const int id : s.children) {
        const state& child = at(id);
        if (child.in.is_drop || child.in.is_late) continue;
        expect(!child.is_open, child, "it ends before what it is a part of");
        if (runs_each_once(s.is->what))
            expect(child.runs == 1, child, "each part runs, and once");
    }
    check_end(s, how);
    if (s.in.is_drop) {
        s.drops = how == event_kind::value ? dropping::is_told : dropping::no;
        // What owns something ends when that is dropped, the oldest at last.
        state& owner = at(s.in.parent);
        if (owner.is->what == op::own && s.in.part == 0) take_rank(owner);
    } else {
        take_rank(s);
    }
}

void laws::take_rank(state& s) {
    s.rank = ++at(s.in.parent).ended_parts;
}

void laws::receive(state& s, int item) {
    expect(s.is_open, s, "who gets an item has not ended");
    if (s.is->what != op::receive) return;  // others may have changed it
    state& from = at(item);
    expect(from.is->what == op::send && from.left_to_receive-- > 0, s,
           "an item was sent, and comes once");
}

void laws::drop(state& s, event_kind what) {
    const bool ends = what == event_kind::dropped;
    expect(s.in.is_drop && s.drops == (ends ? dropping::is_told : dropping::no), s,
           "a drop begins, and ends, once");
    s.drops = ends ? dropping::no : dropping::begins;
}

const laws::state& laws::part(const state& of, std::size_t index) const {
    return at(of.is->parts[index].id);
}

/// The part that ended first, of those whose end decides.
const laws::state* laws::first_end(const state& of, auto decides) const {
    const state* first = nullptr;
    for (const int id : of.children) {
        const state& child = at(id);
        if (child.in.is_drop || child.rank == 0 || !decides(child.how)) continue;
        if (first == nullptr || child.rank < first->rank) first = &child;
    }
    return first;
}

/// A loop that was left early drops its stream when it has written down its end.
bool laws::is_first_unknown(const state& of) const {
    return std::ranges::any_of(of.children, [this](int id) {
        return at(id).is->what == op::for_loop && at(id).how != event_kind::value;
    });
}

// ---- how something may end

void laws::check_end(const state& s, event_kind how) {
    if (may_wait(s.is->what)) return check_leaf(s, how);
    if (s.is->what == op::group) return check_group(s, how);
    if (consumes(s.is->what)) return check_consumer(s, how);
    if (const auto wanted = end_of_work(s))
        expect(how == *wanted, s, "an end follows from those of the parts");
}

void laws::check_leaf(const state& s, event_kind how) {
    const bool needs_stop = s.is->what == op::never || s.is->what == op::late;
    const bool is_right =
        how == event_kind::stopped ||
        (s.is->what == op::late ? how == end_of_late(*s.is)
                                : how == event_kind::value && !needs_stop);
    expect(is_right, s, "it ends as it can");
    if (needs_stop || how == event_kind::stopped)
        expect(is_stopped(s, false), s, "only a stop ends it so");
}

std::optional<event_kind> laws::end_of_work(const state& s) const {
    const auto failed = [](event_kind how) { return how != event_kind::value; };
    const auto won = [](event_kind how) { return how != event_kind::stopped; };
    switch (s.is->what) {
        case op::fail: return event_kind::error;
        case op::stop_here: return event_kind::stopped;
        case op::shield:
        case op::once: return part(s, 0).how;
        case op::with:
        case op::own:
        case op::owned: return part(s, 1).how;
        case op::with_two: return part(s, 2).how;
        case op::with_made:
            return failed(part(s, 0).how) ? part(s, 0).how : part(s, 2).how;
        case op::timeout:
            if (part(s, 0).how != event_kind::stopped) return part(s, 0).how;
            if (s.is->pause >= endless) return event_kind::stopped;
            return std::nullopt;
        case op::seq: {
            const state* const ended = first_end(s, failed);
            if (ended != nullptr) return ended->how;
            return part(s, s.is->parts.size() - 1).how;
        }
        case op::join: {
            if (is_first_unknown(s)) return std::nullopt;
            const state* const ended = first_end(s, failed);
            return ended == nullptr ? event_kind::value : ended->how;
        }
        case op::race: {
            if (is_first_unknown(s)) return std::nullopt;
            const state* const ended = first_end(s, won);
            return ended == nullptr ? event_kind::stopped : ended->how;
        }
        case op::generator:
        case op::owning:
        case op::delegate: {  // one that is left early ends somehow
            const state* const ended = first_end(s, failed);
            return ended == nullptr ? std::nullopt : std::optional(ended->how);
        }
        default: return event_kind::value;
    }
}

void laws::check_group(const state& s, event_kind how) {
    const auto has = [this, &s](event_kind kind) {
        return first_end(s, [kind](event_kind end) { return end == kind; }) != nullptr;
    };
    const bool body_stopped = part(s, 0).how == event_kind::stopped;
    const bool is_right =
        has(event_kind::error) ? how == event_kind::error
        : body_stopped         ? how == event_kind::stopped
                               : how == event_kind::value ||
                             (how == event_kind::stopped && has(event_kind::stopped));
    expect(is_right, s, "a group ends as its body and children let it");
}

void laws::check_consumer(const state& s, event_kind how) {
    const auto has = [this, &s](event_kind kind) {
        return std::ranges::any_of(s.children,
                                   [this, kind](int id) { return at(id).how == kind; });
    };
    if (s.is->what != op::collect) {
        const event_kind body = part(s, 1).how;
        if (body == event_kind::error || body == event_kind::stopped)
            return expect(how == body, s, "a loop ends as its body does");
    }
    if (how == event_kind::error)
        expect(has(event_kind::error), s, "an error was thrown by somebody");
    const auto is_merged = [this](int id) { return at(id).in.in_merge; };
    if (std::ranges::any_of(s.children, is_merged)) return;  // which has its own scope
    if (how == event_kind::stopped)
        expect(has(event_kind::stopped) || s.asked > 0 || is_stopped(s, false), s,
               "only a stop ends it so");
}

// ---- what stops something

/// Whether a stop has reached it; `is_certain`: whether one must.
bool laws::is_stopped(const state& s, bool is_certain) const {
    int needed = soft;
    for (const state* inner = &s;; inner = &at(inner->in.parent)) {
        const place& in = inner->in;
        const bool has_own_scope =
            (in.is_drop || in.is_child) && !has_scope(inner->is->what);
        if (has_own_scope && inner->asked >= needed) return true;
        if (in.is_drop) needed = hard;
        const state& outer = at(in.parent);
        if (in.parent == outside) return outer.asked >= needed;
        if (in.is_drop && outer.is->what == op::open && is_certain)
            return at(outside).asked >= needed;
        if (in.in_merge && !is_certain) return true;  // by another source
        if (in.is_drop) continue;
        // What a loop goes over is dropped after it.
        if (in.is_late && !outer.is_open && is_certain) continue;
        if (has_scope(outer.is->what) && outer.asked >= needed) return true;
        if (needed == soft && stops_parts(outer, *inner)) return true;
        if (outer.is->what == op::shield) needed = hard;
    }
}

bool laws::stops_parts(const state& s, const state& child) const {
    const auto is_ended = [this, &s, &child](auto decides) {
        const state* const first = first_end(s, decides);
        return first != nullptr && first != &child;
    };
    switch (s.is->what) {
        case op::timeout: return s.is->pause < endless;
        case op::join:
            return is_ended([](event_kind how) { return how != event_kind::value; });
        case op::race:
            return is_ended([](event_kind how) { return how != event_kind::stopped; });
        case op::group:
            return is_ended([](event_kind how) { return how == event_kind::error; }) ||
                   (child.in.is_child && part(s, 0).how == event_kind::stopped);
        default: return false;
    }
}

std::vector<const node*> laws::waiting() const {
    std::vector<const node*> all;
    for (const state& s : states_) {
        if (s.is == nullptr) continue;
        const bool asks = s.is->what == op::queue && at(s.in.parent).is_open;
        const bool waits = s.is_open && may_wait(s.is->what);
        if ((asks || waits) && !is_stopped(s, true)) all.push_back(s.is);
    }
    return all;
}

}  // namespace programs
