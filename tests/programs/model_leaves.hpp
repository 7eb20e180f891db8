// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model_channels.hpp"

namespace programs::model {

/// What is not made of parts.
class leaves : public channels {
protected:
    using channels::channels;
    ~leaves() = default;

    bool throws_here() { return drops_running == 0 && ++told.points == asked.throw_at; }
    void leaf(const node& n, const scope_ptr& s, const then& end) {
        const action stop = [end] { end({how::stopped}); };
        const action go_on = [end] { end({}); };
        switch (n.what) {
            case op::fail: return end({how::error});
            case op::open:
                return throws_here() ? end({how::error})
                                     : end({how::value, &n.parts[0]});
            case op::ask_stop: request_stop(s, n.number + 1); return go_on();
            case op::yield:
                if (!is_stopped(s)) spend(s->home);  // it gives way in any case
                return wake(s, [=, this, &n] {
                    if (!is_stopped(s)) return go_on();
                    meets(&n, s->level == 2);
                    stop();
                });
            case op::set:
                is_set[n.number] = true;
                for (auto& [p, woken] : std::exchange(waiters[n.number], {}))
                    if (!std::exchange(p->is_gone, true)) woken();
                return go_on();
            case op::close: close_channel(queues[n.number]); return go_on();
            case op::send:
            case op::receive:
                return begin_transfer(std::make_shared<transfer>(
                    transfer{n, n.what == op::send, n.number, n.id, s,
                             [=, this, &n](how kind, std::optional<int> item) {
                                 if (n.what == op::receive && item) log_item(n, *item);
                                 end({kind});
                             }}));
            case op::foreign: return is_stopped(s) ? stop() : foreign(n, s, end);
            default: return begin_leaf(s, stop, [=, this, &n] { wait_for(n, s, end); });
        }
    }
    void wait_for(const node& n, const scope_ptr& s, const then& end) {
        const action stop = [end] { end({how::stopped}); };
        const action go_on = [end] { end({}); };
        if (n.what == op::stop_here) return wake(s, stop);
        if (n.what == op::wait && is_set[n.number]) return go_on();
        const place_ptr p = wait(n, s, stop);
        const action complete = [=, this] { wake(s, go_on); };
        if (n.what == op::wait) waiters[n.number].emplace_back(p, complete);
        if (n.what == op::sleep)
            after(n.pause, p, [=] { p->is_gone = true, complete(); });
        if (n.what == op::late) {
            const how kind = how(n.number % 3);
            p->stop = [=, this, &n] {  // it takes its time, whatever comes
                after(n.pause, std::make_shared<place>(),
                      [=, this] { wake(s, [=] { end({kind}); }); });
            };
        }
    }
    void foreign(const node& n, const scope_ptr& s, const then& end) {
        const place_ptr p = wait(n, s, {});
        p->stop = [=] {  // it cannot be asked, and goes on waiting
            p->is_gone = false;
            s->waiting.push_front(p);
        };
        after(n.pause, p,
              [=, this] { p->is_gone = true, wake(s, [end] { end({}); }); });
    }

    bool is_set[event_count] = {};
    std::deque<std::pair<place_ptr, action>> waiters[event_count];
    int drops_running = 0;
};

}  // namespace programs::model
