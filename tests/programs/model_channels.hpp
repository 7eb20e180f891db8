// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model_turns.hpp"

namespace programs::model {

/// With an item, or without one at the end.
using item_then = callback<how, std::optional<int>>;

/// A send or a receive that has begun.
struct transfer {
    const node& n;
    bool sends;
    int number;  // of the channel
    int item;
    scope_ptr in;
    item_then end;  // with the item; without one if the channel was closed
    place_ptr at = {};
    bool is_promised = false;
};
using transfer_ptr = std::shared_ptr<transfer>;
struct channel {
    std::deque<int> items;
    std::deque<transfer_ptr> waiting[2];  // receivers, senders
    std::size_t promised[2] = {};         // items, room
    bool is_closed = false;
};
/// Channels: whoever is woken was promised an item, or room for one.
class channels : public turns {
protected:
    using turns::turns;
    ~channels() = default;

    bool try_transfer(transfer& t) {
        channel& c = queues[t.number];
        if (std::exchange(t.is_promised, false)) --c.promised[t.sends];
        const std::size_t free =
            t.sends ? channel_capacity[t.number] - c.items.size() : c.items.size();
        if (t.sends && c.is_closed) return t.item = 0, true;
        if (free <= c.promised[t.sends]) {
            return t.item = 0, !t.sends && c.is_closed && c.items.empty();
        }
        if (t.sends) {
            c.items.push_back(t.item);
        } else {
            t.item = c.items.front();
            c.items.pop_front();
        }
        wake_next(t.number, !t.sends);
        if (c.is_closed && c.items.empty()) wake_all(c, false);
        return true;
    }
    void wake_next(int number, bool sends) {
        channel& c = queues[number];
        const std::size_t free =
            sends ? channel_capacity[number] - c.items.size() : c.items.size();
        while (free > c.promised[sends] && !c.waiting[sends].empty()) {
            const transfer_ptr t = c.waiting[sends].front();
            c.waiting[sends].pop_front();
            if (std::exchange(t->at->is_gone, true)) continue;
            t->is_promised = true;
            ++c.promised[sends];
            wake(t->in, [=, this] { attempt(t); });
            return;
        }
    }
    void close_channel(channel& c) {
        c.is_closed = true;
        wake_all(c, true);
        wake_all(c, false);
    }
    void wake_all(channel& c, bool sends) {
        for (const transfer_ptr& t : std::exchange(c.waiting[sends], {})) {
            if (std::exchange(t->at->is_gone, true)) continue;
            wake(t->in, [=, this] { attempt(t); });
        }
    }
    void begin_transfer(const transfer_ptr& t) {
        const action stop = [t] { t->end(how::stopped, {}); };
        begin_leaf(t->in, stop, [=, this] { attempt(t); });
    }
    void attempt(const transfer_ptr& t) {
        const auto leave = [=, this] {
            if (std::exchange(t->is_promised, false))
                --queues[t->number].promised[t->sends];
            if (t->at) wake_next(t->number, t->sends);
            t->end(how::stopped, {});
        };
        if (is_stopped(t->in)) return leave();
        const int item = t->item;
        if (try_transfer(*t)) {
            return t->end(how::value,
                          t->item != 0 ? std::optional(t->item) : std::nullopt);
        }
        t->item = item;
        t->at = wait(t->n, t->in, leave);
        queues[t->number].waiting[t->sends].push_back(t);
    }

    channel queues[channel_count];
};

}  // namespace programs::model
