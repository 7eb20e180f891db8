// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model_leaves.hpp"

namespace programs::model {

/// A stream, asked for one item after the other.
struct flow {
    callback<const scope_ptr&, const item_then&> next;
    callback<const scope_ptr&, const action&> drop = [](const scope_ptr&,
                                                        const action& k) { k(); };
    callback<how> destroy = [](how) {};
};
using flow_ptr = std::shared_ptr<flow>;

/// Work made of parts: `begin` runs one in a scope and says how it ended.
class work : public leaves {
public:
    void start(const node& n, const then& k) { start(strands.emplace_back(), n, k); }

protected:
    using leaves::leaves;
    ~work() = default;
    virtual flow_ptr stream(const node& n) = 0;

    void start(strand& s, const node& n, const then& k) {
        s.root = std::make_shared<scope>(scope{s, nullptr});
        scopes.push_back(s.root);
        const then end = [&s, k](result r) {
            s.has_ended = true;
            s.ended = [k, r] { k(r); };
        };
        wake(s.root, [=, this, &n, &s] { part(n, s.root, end, [end] { end({}); }); });
    }

    void begin(const node& n, const scope_ptr& s, const then& k) {
        log(n.id, event_kind::began);
        ++told.begun[std::size_t(n.what)];
        const then end = [=, this, &n](result r) {
            log(n.id, r.kind);
            k(r);
        };
        if (throws_here()) return end({how::error});
        if (n.what == op::own || n.what == op::owned) return own(n, s, k);
        if (n.what == op::for_loop) return for_loop(n, s, k);
        is_leaf(n.what) ? leaf(n, s, end) : parts_of(n, s, end);
    }
    /// Runs a part, drops what it gave, and goes on if it gave that as a value.
    void part(const node& n, const scope_ptr& s, const then& end, const action& k) {
        begin(n, s, [=, this](result r) {
            if (r.kind != how::value) return end(r);
            drop_if(r.held, s, how::value, k);
        });
    }
    void drop(const node& d, const scope_ptr& s, how why, const action& k) {
        const scope_ptr inner = nest(s, true);
        log(d.id, event_kind(int(event_kind::drop_after_return) + int(why)));
        ++drops_running;
        const then end = [=, this, &d](result r) {
            --drops_running;
            if (r.kind == how::value) log(d.id, event_kind::dropped);
            close(inner);
            k();
        };
        part(d, inner, end, [end] { end({}); });
    }
    void drop_if(const node* d, const scope_ptr& s, how why, const action& k) {
        d != nullptr ? drop(*d, s, why, k) : k();
    }

    void parts_of(const node& n, const scope_ptr& s, const then& end) {
        const action go_on = [end] { end({}); };
        switch (n.what) {
            case op::seq: return in_order(n, 0, s, end);
            case op::once: return begin(n.parts[0], s, end);
            case op::outcome:
                return begin(n.parts[0], s, [=, this](result r) {
                    drop_if(r.held, s, how::value, go_on);
                });
            case op::shield: {
                const scope_ptr inner = nest(s, true);
                return begin(n.parts[0], inner,
                             [=](result r) { close(inner), end(r); });
            }
            case op::timeout: return timeout(n, s, end);
            case op::with:
            case op::with_two:
                // A resource that was made dies undropped if the next cannot be made.
                if (throws_here()) return end({how::error});
                if (n.what == op::with_two && throws_here()) {
                    log(n.parts[0].id, event_kind::lost);
                    return end({how::error});
                }
                return with(n, 0, s, end);
            case op::with_made:
                return part(n.parts[0], s, end, [=, this, &n] {
                    throws_here() ? end({how::error}) : with(n, 1, s, end);
                });
            case op::group: return group(n, s, end);
            case op::join:
            case op::join_outcomes:
            case op::race: return join(n, s, end);
            default: return consume(n, s, end);
        }
    }
    void in_order(const node& n, std::size_t from, const scope_ptr& s,
                  const then& end) {
        if (from == n.parts.size()) return end({});
        part(n.parts[from], s, end, [=, this, &n] { in_order(n, from + 1, s, end); });
    }
    /// All parts but the last are drops of resources.
    void with(const node& n, std::size_t from, const scope_ptr& s, const then& end) {
        if (from + 1 == n.parts.size()) return begin(n.parts[from], s, end);
        with(n, from + 1, s, [=, this, &n](result r) {
            drop(n.parts[from], s, r.kind, [=] { end(r); });
        });
    }
    /// What is owned ends after the locals, the newest first.
    void own(const node& n, const scope_ptr& s, const then& k) {
        const bool is_parameter = n.what == op::owned;
        const auto ends = [=, this, &n](result r) {
            log(n.id, r.kind);
            k(r);
        };
        if (throws_here()) return ends({how::error});
        const scope_ptr inner = nest(s);
        begin(n.parts[1], inner, [=, this, &n](result r) {
            const bool makes_second = !is_parameter && r.kind == how::value;
            if (makes_second && throws_here()) {
                if (r.held != nullptr) log(r.held->id, event_kind::lost);
                r = {how::error};
            }
            if (!is_parameter) log(n.id, r.kind);
            const auto first = [=, this, &n] {
                drop(n.parts[0], s, r.kind, [=] {
                    close(inner);
                    is_parameter ? ends(r) : k(r);
                });
            };
            const bool has_second = makes_second && r.kind == how::value;
            has_second ? drop(n.parts[2], s, r.kind, first) : first();
        });
    }
    void timeout(const node& n, const scope_ptr& s, const then& end) {
        const scope_ptr inner = nest(s);
        const auto is_late = std::make_shared<bool>(false);
        const auto running = std::make_shared<place>();
        after(n.pause, running, [=, this] {
            if (is_stopped(inner)) return;
            *is_late = true;
            request_stop(inner, 1);
        });
        begin(n.parts[0], inner, [=](result r) {
            running->is_gone = true;
            close(inner);
            end(r.kind == how::stopped && *is_late ? result{} : r);
        });
    }
    void join(const node& n, const scope_ptr& s, const then& end) {
        struct state {
            std::vector<result> ended;
            std::size_t left;
            std::optional<std::size_t> decided;  // the winner, or the first failure
        };
        const scope_ptr inner = nest(s);
        const auto all = std::make_shared<state>(
            state{std::vector<result>(n.parts.size()), n.parts.size(), {}});
        const auto ended = [=, this, &n](std::size_t i, result r) {
            all->ended[i] = r;
            const bool decides = n.what == op::race   ? r.kind != how::stopped
                                 : n.what == op::join ? r.kind != how::value
                                                      : false;
            if (decides && !all->decided) {
                all->decided = i;
                request_stop(inner, 1);
            }
            if (--all->left > 0) return;
            close(inner);
            const result won = all->decided         ? all->ended[*all->decided]
                               : n.what == op::race ? result{how::stopped}
                                                    : result{};
            if (n.what == op::race && all->decided)
                all->ended[*all->decided].held = nullptr;
            const how why =
                n.what == op::race || all->decided ? how::stopped : how::value;
            const auto held = std::make_shared<std::vector<const node*>>();
            for (const result& each : all->ended) held->push_back(each.held);
            drop_all(held, s, why,
                     [=, &n] { end(n.what == op::race ? won : result{won.kind}); });
        };
        for (std::size_t i = n.parts.size() - 1; i > 0; --i) {
            s->home.batch.push_front([=, this, &n] {
                begin(n.parts[i], inner, [=](result r) { ended(i, r); });
            });
        }
        begin(n.parts[0], inner, [=](result r) { ended(0, r); });
    }
    /// The last first.
    void drop_all(const std::shared_ptr<std::vector<const node*>>& held,
                  const scope_ptr& s, how why, const action& k) {
        if (held->empty()) return k();
        const node* last = held->back();
        held->pop_back();
        drop_if(last, s, why, [=, this] { drop_all(held, s, why, k); });
    }

    struct group_state {
        const node& n;
        scope_ptr inner;
        std::size_t limit = static_cast<std::size_t>(n.number);
        std::size_t next = 1;              // the child to start
        std::deque<strand*> running = {};  // the newest first
        result body = {};
        action start_more = {};
        int asked = 0;  // to stop, of the children, those to come as well
        bool has_failed = false, is_told = false, was_stopped = false;
        bool has_body_ended = false;
    };
    using group_ptr = std::shared_ptr<group_state>;
    void group(const node& n, const scope_ptr& s, const then& end) {
        const auto g = std::make_shared<group_state>(group_state{n, nest(s)});
        g->is_told = is_stopped(g->inner);
        const place_ptr listener = wait(n, g->inner, {});
        listener->stop = [=, this] {
            g->is_told = true;
            listener->is_gone = false;
            g->inner->waiting.push_front(listener);
            stop_children(g, g->inner->level);
        };
        const action finish = [=, this] {
            close(g->inner);
            listener->is_gone = true;
            const bool stops = g->body.kind == how::stopped || g->was_stopped;
            if (!g->has_failed && !stops) return end(g->body);
            const how kind = g->has_failed ? how::error : how::stopped;
            drop_if(g->body.held, s, how::stopped, [=] { end({kind}); });
        };
        g->start_more = [=, this] { start_children(g, s, finish); };
        farewells.emplace_back([g] { g->start_more = {}; });
        g->start_more();
        begin(n.parts[0], g->inner, [=, this](result r) {
            g->body = r;
            if (r.kind == how::error) fail(g);
            if (r.kind == how::stopped) stop_children(g, 1);
            g->has_body_ended = true;
            if (g->running.empty()) finish();
        });
    }
    void start_children(const group_ptr& g, const scope_ptr& s, const action& finish) {
        while (g->next < g->n.parts.size() && g->running.size() < g->limit) {
            strand& child = strands.emplace_back();
            g->running.push_front(&child);
            start(child, g->n.parts[g->next++], [=, this, &child](result r) {
                std::erase(g->running, &child);
                if (r.kind == how::error) fail(g);
                if (r.kind == how::stopped && g->is_told) g->was_stopped = true;
                g->start_more();
                if (g->running.empty() && g->has_body_ended) wake(s, finish);
            });
            if (is_stopped(g->inner)) request_stop(child.root, g->inner->level);
            request_stop(child.root, g->asked);
        }
    }
    void fail(const group_ptr& g) {
        if (!std::exchange(g->has_failed, true)) request_stop(g->inner, 1);
    }
    void stop_children(const group_ptr& g, int level) {
        g->asked = std::max(g->asked, level);
        for (strand* child : g->running) request_stop(child->root, level);
    }
    void consume(const node& n, const scope_ptr& s, const then& end) {
        const flow_ptr from = stream(n.parts[0]);
        const auto count = std::make_shared<int>(0);
        ask(n, from, count, s, [=, this, &n](result r) {
            const scope_ptr inner = nest(s, true);
            from->drop(inner, [=, this, &n] {
                close(inner);
                from->destroy(r.kind);
                if (n.what == op::collect && r.kind == how::value) log_item(n, *count);
                end({r.kind});
            });
        });
    }
    /// The stream is dropped where the loop ends, or else when the coroutine has ended.
    void for_loop(const node& n, const scope_ptr& s, const then& k) {
        const flow_ptr from = stream(n.parts[0]);
        const scope_ptr inner = nest(s);
        const auto drop_stream = [=, this](const scope_ptr& in,
                                           const action& then_what) {
            const scope_ptr shielded = nest(in, true);
            from->drop(shielded, [=] { close(shielded), then_what(); });
        };
        const auto leave = [=, this, &n](result r) {
            log(n.id, r.kind);
            const action last = [=] {
                close(inner);
                from->destroy(how::value);
                k({r.kind});
            };
            r.kind == how::value ? last() : drop_stream(s, last);
        };
        const auto count = std::make_shared<int>(0);
        ask(n, from, count, inner, [=](result r) {
            if (r.kind != how::value) return leave(r);
            drop_stream(inner, [=] { leave(r); });
        });
    }
    /// `for_each` and `collect` may find all items ready; a loop awaits them one by
    /// one.
    void ask(const node& n, const flow_ptr& from, const std::shared_ptr<int>& count,
             const scope_ptr& s, const then& end) {
        const action take = [=, this, &n] {
            from->next(s, [=, this, &n](how kind, std::optional<int> item) {
                if (!item) return end({kind});
                const action more = [=, this, &n] { ask(n, from, count, s, end); };
                ++*count;
                if (n.what == op::collect) return more();
                log_item(n, *item);
                const bool breaks = n.what == op::for_loop && *count == n.number;
                breaks ? end({}) : part(n.parts[1], s, end, more);
            });
        };
        if (n.what == op::loop || n.what == op::for_loop) return take();
        go_round(s, [end] { end({how::stopped}); }, take);
    }
};

}  // namespace programs::model
