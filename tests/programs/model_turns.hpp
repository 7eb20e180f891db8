// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/strand.hpp>

#include "model.hpp"

#include <algorithm>
#include <concepts>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace programs::model {

enum class how : std::int8_t { value, error, stopped };
struct result {
    how kind = how::value;
    const node* held = nullptr;  // a resource, by what its drop does
};
/// A function that is cheap to copy, as it is copied with each closure that keeps it.
template <class... A>
class callback {
public:
    callback() = default;
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, callback>)
    callback(F&& f)
        : kept_(std::make_shared<closure_of<std::remove_cvref_t<F>>>(
              std::forward<F>(f))) {}
    void operator()(A... a) const { kept_->call(a...); }

private:
    struct closure {
        closure() = default;
        closure(const closure&) = delete;
        closure& operator=(const closure&) = delete;
        virtual ~closure() = default;
        virtual void call(A... a) = 0;
    };
    template <class F>
    struct closure_of final : closure {
        explicit closure_of(F f) : function(std::move(f)) {}
        void call(A... a) override { function(a...); }
        F function;
    };
    std::shared_ptr<closure> kept_;
};
using then = callback<result>;
using action = callback<>;

struct scope;
struct strand;
using scope_ptr = std::shared_ptr<scope>;

/// A place in the list of what waits in a scope.
struct place {
    action stop;             // of a leaf
    scope* inner = nullptr;  // of a scope
    const node* leaf = nullptr;
    bool is_gone = false;
};
using place_ptr = std::shared_ptr<place>;

struct scope {
    strand& home;
    scope_ptr outer;
    bool is_shielded = false;
    int level = 0;                       // 1: soft, 2: hard
    std::deque<place_ptr> waiting = {};  // the newest first
    place_ptr self = std::make_shared<place>();
    bool is_requested = false;
};

struct strand {
    std::deque<action> batch, ready;
    std::deque<scope_ptr> stops;
    scope_ptr root;
    action ended;
    int budget = 0;
    bool has_ended = false, is_queued = false;
};

/// Strands, time and stops.
class turns {
public:
    explicit turns(const program& run) : asked(run) { know_parents(run.root); }
    turns(const turns&) = delete;
    turns& operator=(const turns&) = delete;

    [[nodiscard]] const prediction& so_far() const { return told; }
    /// Gives a turn to each strand that is queued now.
    void run_turn() {
        if (queued.empty()) pass_time();
        for (std::size_t left = queued.size(); left > 0; --left) {
            strand& next = *queued.front();
            queued.pop_front();
            turn(next);
        }
    }

protected:
    /// What waits for ever knows what it waits in, which knows it: those circles end
    /// here.
    ~turns() {
        for (const action& each : farewells) each();
        for (const place_ptr& p : places) p->stop = {};
        for (const scope_ptr& s : scopes) s->waiting.clear();
    }
    void log(int id, event_kind what) {
        told.seen.push_back({now.count(), id, what, 0});
    }
    void log_item(const node& n, int item) {
        told.seen.push_back({now.count(), n.id, event_kind::item, item});
    }
    void log(int id, how kind) {
        log(id, kind == how::value   ? event_kind::value
                : kind == how::error ? event_kind::error
                                     : event_kind::stopped);
    }

    void know_parents(const node& n) {
        for (const node& part : n.parts) {
            parents.resize(std::max(parents.size(), std::size_t(part.id) + 1));
            parents[std::size_t(part.id)] = &n;
            know_parents(part);
        }
    }
    /// A stop meets a leaf, and so all that it is a part of.
    void meets(const node* n, bool is_hard) {
        for (; n != nullptr; n = parents[std::size_t(n->id)])
            told.met_stop[is_hard].set(std::size_t(n->what));
    }

    void schedule(strand& s) {
        if (!std::exchange(s.is_queued, true)) queued.push_back(&s);
    }
    void wake(const scope_ptr& in, action piece) {
        in->home.ready.push_back(std::move(piece));
        schedule(in->home);
    }
    static bool is_stopped(const scope_ptr& in) {
        bool is_shielded = in->is_shielded;
        if (in->level > 0) return true;
        for (const scope* s = in->outer.get(); s != nullptr; s = s->outer.get()) {
            if (s->level == 2 || (s->level == 1 && !is_shielded)) return true;
            is_shielded = is_shielded || s->is_shielded;
        }
        return false;
    }
    scope_ptr nest(const scope_ptr& outer, bool is_shielded = false) {
        auto inner = std::make_shared<scope>(scope{outer->home, outer, is_shielded});
        if (outer->level > (is_shielded ? 1 : 0)) inner->level = outer->level;
        inner->self = std::make_shared<place>(place{{}, inner.get()});
        outer->waiting.push_front(inner->self);
        scopes.push_back(inner);
        return inner;
    }
    static void close(const scope_ptr& s) { s->self->is_gone = true; }
    void request_stop(const scope_ptr& s, int level) {
        if (level <= s->level) return;
        s->level = level;
        if (!std::exchange(s->is_requested, true)) s->home.stops.push_front(s);
        schedule(s->home);
    }
    void deliver(strand& home) {
        while (!home.stops.empty()) {
            const scope_ptr requested = home.stops.front();
            home.stops.pop_front();
            requested->is_requested = false;
            std::deque<place_ptr> leaves;
            if (!requested->self->is_gone) mark(*requested, requested->level, leaves);
            for (const place_ptr& p : leaves) {
                if (std::exchange(p->is_gone, true)) continue;
                meets(p->leaf, requested->level == 2);
                p->stop();
            }
        }
    }
    static void mark(scope& in, int level, std::deque<place_ptr>& leaves) {
        in.level = level;
        for (const place_ptr& p : in.waiting) {
            if (p->inner == nullptr) {
                leaves.push_back(p);
            } else if (!p->is_gone && level > p->inner->level &&
                       (level == 2 || !p->inner->is_shielded)) {
                mark(*p->inner, level, leaves);
            }
        }
        std::erase_if(in.waiting,
                      [](const place_ptr& p) { return p->inner == nullptr; });
    }
    /// Takes one unit of what a turn may do. False: give way before going on.
    static bool spend(strand& s) { return s.budget > 0 && --s.budget > 0; }
    void turn(strand& s) {
        s.budget = coil::executor::usual_pieces_per_turn;
        deliver(s);
        while (!s.ready.empty()) {
            s.batch.push_back(std::move(s.ready.front()));
            s.ready.pop_front();
        }
        while (!s.has_ended && !s.batch.empty()) {
            ++told.pieces;
            for (const planned_stop& stop : asked.stops) {
                if (stop.piece != told.pieces) continue;
                request_stop(strands.front().root, stop.is_hard ? 2 : 1);
            }
            const auto chosen =
                s.batch.begin() +
                (asked.order == 0 ? 0
                                  : order.below(static_cast<unsigned>(s.batch.size())));
            const action piece = *chosen;
            s.batch.erase(chosen);
            piece();
            deliver(s);
            if (!spend(s)) break;
        }
        if (s.has_ended) return s.ended();
        s.is_queued = false;
        if (!s.ready.empty() || !s.batch.empty() || !s.stops.empty()) schedule(s);
    }
    void pass_time() {
        while (!timers.empty() && timers.begin()->second.first->is_gone)
            timers.erase(timers.begin());
        if (timers.empty()) {
            has_deadlock = true;
            return request_stop(strands.front().root, 2);
        }
        now = timers.begin()->first;
        while (!timers.empty() && timers.begin()->first == now) {
            const auto [waiting, fired] = timers.begin()->second;
            timers.erase(timers.begin());
            if (!waiting->is_gone) fired();
        }
    }
    // ---- leaves

    /// Awaits a leaf, which begins in a turn that has some of its budget left.
    void begin_leaf(const scope_ptr& s, const action& stop, const action& begin) {
        if (is_stopped(s)) return stop();
        if (spend(s->home)) return begin();
        wake(s, [=] { is_stopped(s) ? stop() : begin(); });
    }
    /// Goes on with a loop whose parts may all be ready at once.
    void go_round(const scope_ptr& s, const action& stop, const action& go_on) {
        if (spend(s->home)) return go_on();
        wake(s, [=, this] { is_stopped(s) ? stop() : go_round(s, stop, go_on); });
    }
    /// Waits in `s`; `stop` is what a stop does.
    place_ptr wait(const node& n, const scope_ptr& s, action stop) {
        s->waiting.push_front(
            std::make_shared<place>(place{std::move(stop), nullptr, &n}));
        places.push_back(s->waiting.front());
        return s->waiting.front();
    }
    void after(duration pause, const place_ptr& p, const action& fired) {
        timers.emplace(now + pause, std::pair(p, fired));
    }
    const program& asked;
    random_numbers order{asked.order};
    prediction told;
    duration now{0};
    std::multimap<duration, std::pair<place_ptr, action>> timers;
    std::deque<strand*> queued;
    std::deque<strand> strands;
    std::vector<place_ptr> places;
    std::vector<scope_ptr> scopes;
    std::vector<action> farewells;
    std::vector<const node*> parents = std::vector<const node*>(2);
    bool has_deadlock = false;
};

}  // namespace programs::model
