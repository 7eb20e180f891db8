// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model_work.hpp"

namespace programs::model {

class streams final : public work {
public:
    using work::work;
    void log_deadlock() {
        if (has_deadlock) log(0, event_kind::deadlock);
    }

private:
    flow_ptr stream(const node& n) override {
        const bool is_generator =
            n.what == op::generator || n.what == op::owning || n.what == op::delegate;
        if (!is_generator) ++told.begun[std::size_t(n.what)];
        switch (n.what) {
            case op::generator:
            case op::owning: return generator(n);
            case op::delegate: return delegate(n);
            case op::queue: return limited(queue(n), queue_items_max);
            case op::merge: return merge(n);
            case op::take: return limited(stream(n.parts[0]), n.number);
            default: return mapped(n);
        }
    }
    flow_ptr queue(const node& n) {
        const auto made = std::make_shared<flow>();
        made->next = [=, this, &n](const scope_ptr& s, const item_then& k) {
            begin_transfer(
                std::make_shared<transfer>(transfer{n, false, n.number, 0, s, k}));
        };
        return made;
    }
    /// Runs as a part of whoever asks; has ended once it was stopped or failed. An
    /// owning one has something to drop when it ends, or when it is left early.
    flow_ptr generator(const node& n) {
        struct state {
            std::size_t next;
            bool has_begun = false, has_ended = false;
        };
        const bool owns = n.what == op::owning;
        const auto g = std::make_shared<state>(state{owns ? 1U : 0U});
        const auto made = std::make_shared<flow>();
        const auto end = [=, this, &n](const scope_ptr& s, how kind, const action& k) {
            g->has_ended = true;
            log(n.id, kind);
            owns ? drop(n.parts[0], s, kind, k) : k();
        };
        made->next = [=, this, &n](const scope_ptr& s, const item_then& k) {
            if (g->has_ended) return k(how::value, {});
            const auto ends = [=](how kind) { end(s, kind, [=] { k(kind, {}); }); };
            if (!std::exchange(g->has_begun, true)) {
                log(n.id, event_kind::began);
                ++told.begun[std::size_t(n.what)];
                if (throws_here() || (owns && throws_here())) {
                    g->has_ended = true;
                    log(n.id, how::error);
                    return k(how::error, {});
                }
            }
            if (g->next == n.parts.size()) return ends(how::value);
            const scope_ptr inside = owns ? nest(s) : s;
            const int item = static_cast<int>(++g->next);
            const auto leave = [=] {
                if (owns) close(inside);
            };
            part(
                n.parts[g->next - 1], inside, [=](result r) { leave(), ends(r.kind); },
                [=] { leave(), k(how::value, item); });
        };
        made->destroy = [=, this, &n](how kind) {
            if (g->has_begun && !g->has_ended) log(n.id, kind);
        };
        made->drop = [=](const scope_ptr& s, const action& k) {
            g->has_begun && !g->has_ended && owns ? end(s, how::stopped, k) : k();
        };
        return made;
    }
    /// One generator after the other; what ends them early ends it, too.
    flow_ptr delegate(const node& n) {
        struct state {
            std::vector<flow_ptr> parts;
            std::size_t next = 0;
            bool has_begun = false, has_ended = false;
        };
        const auto d = std::make_shared<state>();
        for (const node& part : n.parts) d->parts.push_back(stream(part));
        const auto made = std::make_shared<flow>();
        made->next = [=, this, &n, self = made.get()](const scope_ptr& s,
                                                      const item_then& k) {
            if (d->has_ended) return k(how::value, {});
            const auto ends = [=, this, &n](how kind) {
                d->has_ended = true;
                log(n.id, kind);
                k(kind, {});
            };
            if (!std::exchange(d->has_begun, true)) {
                log(n.id, event_kind::began);
                ++told.begun[std::size_t(n.what)];
                if (throws_here()) return ends(how::error);
            }
            if (d->next == d->parts.size()) return ends(how::value);
            d->parts[d->next]->next(s, [=](how kind, std::optional<int> item) {
                if (item) return k(kind, item);
                if (kind != how::value) return ends(kind);
                ++d->next;
                self->next(s, k);
            });
        };
        made->destroy = [=, this, &n](how kind) {
            if (!d->has_begun || d->has_ended) return;
            if (d->next < d->parts.size()) d->parts[d->next]->destroy(kind);
            log(n.id, kind);
        };
        return made;
    }
    flow_ptr limited(const flow_ptr& from, int count) {
        const auto left = std::make_shared<int>(count);
        const auto made = std::make_shared<flow>();
        made->next = [=, this](const scope_ptr& s, const item_then& k) {
            if (*left == 0) return k(how::value, {});
            const action take = [=] {
                from->next(s, [=](how kind, std::optional<int> item) {
                    if (item) --*left;
                    k(kind, item);
                });
            };
            go_round(s, [k] { k(how::stopped, {}); }, take);
        };
        made->destroy = from->destroy;
        made->drop = from->drop;
        return made;
    }
    /// `map` and `filter` with an async function: stopped inside it, they have ended.
    flow_ptr mapped(const node& n) {
        const flow_ptr from = stream(n.parts[0]);
        const auto has_ended = std::make_shared<bool>(false);
        const auto made = std::make_shared<flow>();
        made->next = [=, this, &n](const scope_ptr& s, const item_then& k) {
            *has_ended ? k(how::value, {}) : ask_mapped(n, from, has_ended, s, k);
        };
        made->destroy = from->destroy;
        made->drop = from->drop;
        return made;
    }
    void ask_mapped(const node& n, const flow_ptr& from,
                    const std::shared_ptr<bool>& has_ended, const scope_ptr& s,
                    const item_then& k) {
        const item_then call = [=, this, &n](how kind, std::optional<int> item) {
            if (!item) return k(kind, {});
            const auto ends = [=](result r) {
                *has_ended = r.kind == how::stopped;
                k(r.kind, {});
            };
            part(n.parts[1], s, ends, [=, this, &n] {
                if (n.what == op::map) return k(how::value, *item + 1);
                *item % 2 == 1 ? k(how::value, item)
                               : ask_mapped(n, from, has_ended, s, k);
            });
        };
        go_round(s, [k] { k(how::stopped, {}); }, [=] { from->next(s, call); });
    }
    // ---- merge: asks all; what is not resumable goes on waiting between two items

    struct slot {
        flow_ptr from;
        enum { idle, waiting, ready, ended } state = idle;
        bool stopped_itself = false;
        how kind = how::value;
        std::optional<int> item = {};
    };
    struct merge_state {
        std::vector<slot> slots;
        bool is_resumable;
        scope_ptr in, between;  // of the sources; around it between two items
        scope_ptr asks;         // of whoever asks
        std::optional<item_then> parent;
        std::optional<std::size_t> winner;
        std::size_t first = 0;
        int waiting = 0;
        bool is_starting = false, is_dropped = false;
        bool is_beginning = false, ended_at_once = false;

        [[nodiscard]] bool is_busy() const { return waiting > 0 || is_starting; }
        [[nodiscard]] std::optional<std::size_t> find(
            decltype(slot::state) state) const {
            for (std::size_t i = 0; i < slots.size(); ++i) {
                const std::size_t at = (first + i) % slots.size();
                if (slots[at].state == state) return at;
            }
            return std::nullopt;
        }
        bool find_ready() {
            if (!winner) winner = find(slot::ready);
            return winner.has_value();
        }
        [[nodiscard]] bool have_all_ended() const {
            return std::ranges::all_of(
                slots, [](const slot& each) { return each.state == slot::ended; });
        }
    };
    using merge_ptr = std::shared_ptr<merge_state>;

    void move_scope(const scope_ptr& moved, const scope_ptr& to) {
        close(moved);
        if (std::exchange(moved->is_requested, false))
            std::erase(moved->home.stops, moved);
        moved->outer = to;
        moved->level = to->level > (moved->is_shielded ? 1 : 0) ? to->level : 0;
        moved->self = std::make_shared<place>(place{{}, moved.get()});
        to->waiting.push_front(moved->self);
    }
    flow_ptr merge(const node& n) {
        const auto m = std::make_shared<merge_state>();
        farewells.emplace_back([m] { m->parent = {}; });
        m->is_resumable = std::ranges::all_of(
            n.parts, [](const node& part) { return part.what == op::queue; });
        for (const node& part : n.parts)
            m->slots.push_back(
                slot{.from = m->is_resumable ? queue(part) : stream(part)});
        const auto made = std::make_shared<flow>();
        made->next = [=, this](const scope_ptr& s, const item_then& k) {
            if (m->is_dropped) return k(how::value, {});
            if (is_stopped(s)) return k(how::stopped, {});
            if (!m->between) {
                m->between = std::make_shared<scope>(scope{s->home, nullptr});
                scopes.push_back(m->between);
                m->in = nest(m->between);
            }
            m->parent = k;
            m->asks = s;
            m->winner = {};
            move_scope(m->in, s);
            go_on(m);
        };
        made->drop = [=, this](const scope_ptr& s, const action& k) {
            const action last = [=] { m->slots[0].from->drop(s, k); };
            const action sources = [=] { m->slots[1].from->drop(s, last); };
            m->is_dropped = true;
            if (!m->is_busy()) return sources();
            m->parent = [=](how, std::optional<int>) { sources(); };
            request_stop(m->in, s->level == 2 ? 2 : 1);
            move_scope(m->between, s);
        };
        made->destroy = [=](how kind) {
            for (const slot& each : m->slots) each.from->destroy(kind);
        };
        return m->is_resumable ? limited(made, queue_items_max) : made;
    }
    void go_on(const merge_ptr& m) {
        while (m->parent && !m->is_dropped && !is_stopped(m->in) && !m->find_ready()) {
            const auto next = m->find(slot::idle);
            if (!next) break;
            slot& begun = m->slots[*next];
            begun.state = slot::waiting;
            if (!m->is_resumable) {  // a task, which runs when the others are queued
                start_others(m);
                return begin_slot(m, begun);
            }
            m->is_beginning = true;
            m->ended_at_once = false;
            begin_slot(m, begun);
            m->is_beginning = false;
            if (m->ended_at_once) continue;
            return start_others(m);
        }
        settle(m);
    }
    void start_others(const merge_ptr& m) {
        if (!m->find(slot::idle) || std::exchange(m->is_starting, true)) return;
        m->in->home.batch.push_front([=, this] {
            m->is_starting = false;
            go_on(m);
        });
    }
    void begin_slot(const merge_ptr& m, slot& begun) {
        ++m->waiting;
        begun.stopped_itself = false;
        begun.from->next(m->in, [=, this, &begun](how kind, std::optional<int> item) {
            begun.kind = kind;
            begun.item = item;
            begun.stopped_itself = kind == how::stopped && !is_stopped(m->in);
            begun.state = kind == how::value && !item                    ? slot::ended
                          : kind != how::stopped || begun.stopped_itself ? slot::ready
                                                                         : slot::idle;
            --m->waiting;
            m->is_beginning ? void(m->ended_at_once = true) : go_on(m);
        });
    }
    void settle(const merge_ptr& m) {
        if (!m->parent) return;
        if (m->is_dropped || is_stopped(m->in)) {
            if (!m->is_busy()) finish(m);
            return;
        }
        if (!m->find_ready() && !m->have_all_ended()) return;
        if (m->is_resumable && m->is_busy()) return request_stop(m->in, 1);
        finish(m);
    }
    void finish(const merge_ptr& m) {
        const item_then k = *std::exchange(m->parent, {});
        if (m->is_dropped) {
            close(m->between);
            return k(how::value, {});
        }
        m->find_ready();
        move_scope(m->in, m->between);
        const bool came_late = m->is_resumable && m->winner && is_stopped(m->asks);
        if (came_late && !m->slots[*m->winner].stopped_itself)
            return k(how::stopped, {});
        if (!m->winner) return k(m->have_all_ended() ? how::value : how::stopped, {});
        slot& won = m->slots[*m->winner];
        won.state = slot::idle;
        if (won.stopped_itself) return k(how::stopped, {});
        m->first = *m->winner + 1;
        k(won.kind, won.item);
    }
};

}  // namespace programs::model
