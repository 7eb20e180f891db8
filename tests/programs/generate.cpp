// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "generate.hpp"

namespace programs {

unsigned draws::below(unsigned limit) noexcept {
    if (is_seeded_) return random_.below(limit);
    if (bytes_.empty()) return 0;
    const unsigned drawn = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return drawn % limit;
}

namespace {

constexpr duration endless = std::chrono::hours(1);

class writer {
public:
    writer(draws& from, const limits& within) : draw_(from), limits_(within) {}

    program write() {
        program made;
        const std::size_t wanted =
            limits_.size_min +
            draw_.below(static_cast<unsigned>(limits_.size_max - limits_.size_min));
        left_ = static_cast<int>(wanted);
        node body = make(op::seq);
        while (left_ > 0) body.parts.push_back(work(4));
        while (size_of(body) < limits_.size_min) body.parts.push_back(work(0));
        made.root = make(op::timeout);  // so that all of it ends
        made.root.pause = endless;
        made.root.parts.push_back(std::move(body));
        number_nodes(made.root);
        for (planned_stop& stop : made.stops) {
            if (draw_.below(3) != 0) continue;
            stop.piece = 1 + static_cast<int>(draw_.below(12));
            stop.is_hard = draw_.below(4) == 0;
        }
        if (limits_.may_fail && draw_.below(8) == 0)
            made.throw_at = 1 + static_cast<int>(draw_.below(30));
        if (draw_.below(4) == 0) made.order = 1 + draw_.below(1 << 16);
        return made;
    }

private:
    static constexpr long pause_step = 64;  // nanoseconds

    node make(op what) {
        --left_;
        node made;
        made.what = what;
        return made;
    }
    duration pause() {
        // Rarely the same twice: which of two things at one time comes first, what
        // wakes them decides.
        return pause_step * duration(1 + (draw_.below(16) << 16) + draw_.different());
    }
    // What another library resumes comes by a message: beside a timer of the same
    // instant either may come first. So its instants are nobody else's.
    duration pause_of(op what) {
        if (what != op::foreign) return pause();
        own_instant_ = own_instant_ * 2 % pause_step;
        if (own_instant_ == 0) own_instant_ = 1;
        return pause() + duration(own_instant_);
    }
    op pick(std::span<const op> among) {
        return among[draw_.below(static_cast<unsigned>(among.size()))];
    }

    node work(int depth) {
        static constexpr op made_of_parts[] = {
            op::seq,           op::outcome,   op::shield,   op::once, op::timeout,
            op::with,          op::with_made, op::with_two, op::own,  op::owned,
            op::group,         op::join,      op::race,     op::join, op::race,
            op::group,         op::for_each,  op::loop,     op::with, op::collect,
            op::join_outcomes, op::for_loop};
        const bool is_deep = depth <= 0 || left_ <= 1 || draw_.below(3) == 0;
        if (is_deep) return leaf();
        node n = make(pick(made_of_parts));
        if (n.what == op::timeout) n.pause = pause() * 2;
        if (n.what == op::group || n.what == op::for_loop)
            n.number = 1 + static_cast<int>(draw_.below(3));
        for (std::size_t i = 0; i < parts_min(n.what) + more_for(n.what); ++i) {
            n.parts.push_back(takes_stream(n.what, i) ? stream(depth - 1)
                              : takes_drop(n.what, i) ? drop()
                                                      : work(depth - 1));
        }
        return n;
    }
    unsigned more_for(op what) {
        if (what == op::seq) return draw_.below(3);
        if (what == op::group) return draw_.below(4);
        return what == op::join || what == op::race ? draw_.below(2) : 0;
    }
    node leaf() {
        static constexpr op all[] = {
            op::sleep,   op::sleep, op::sleep,     op::sleep,    op::sleep, op::sleep,
            op::yield,   op::yield, op::yield,     op::open,     op::open,  op::open,
            op::set,     op::wait,  op::send,      op::send,     op::send,  op::receive,
            op::receive, op::close, op::foreign,   op::foreign,  op::late,  op::never,
            op::fail,    op::fail,  op::stop_here, op::ask_stop, op::set,   op::wait};
        node n = make(pick(all));
        if (n.what == op::fail && !limits_.may_fail) n.what = op::yield;
        n.pause = pause_of(n.what);
        n.number = static_cast<int>(draw_.below(2));
        if (n.what == op::late)
            n.number = draw_.below(3) == 1 ? int(limits_.may_fail) : 2;
        if (n.what == op::ask_stop) n.number = draw_.below(8) == 0;
        if (n.what == op::open) n.parts.push_back(drop());
        return n;
    }
    /// What an async destructor does: it may not throw.
    node drop() {
        static constexpr op all[] = {op::sleep, op::yield, op::sleep, op::stop_here,
                                     op::wait,  op::seq,   op::join,  op::foreign};
        node n = make(left_ > 0 ? pick(all) : op::yield);
        n.pause = pause_of(n.what);
        n.number = static_cast<int>(draw_.below(2));
        for (std::size_t i = 0; i < parts_min(n.what); ++i) n.parts.push_back(drop());
        return n;
    }
    node stream(int depth) {
        static constexpr op all[] = {op::generator, op::generator, op::queue, op::map,
                                     op::filter,    op::take,      op::merge, op::merge,
                                     op::owning,    op::delegate};
        return stream(depth <= 0 || left_ <= 1 ? op::queue : pick(all), depth);
    }
    node stream(op what, int depth) {
        node n = make(what);
        n.number = static_cast<int>(draw_.below(2));
        if (n.what == op::take) n.number = static_cast<int>(draw_.below(4));
        const bool has_items =
            n.what == op::generator || n.what == op::owning || n.what == op::delegate;
        const unsigned more = has_items ? draw_.below(3) : 0;
        for (std::size_t i = 0; i < parts_min(n.what) + more; ++i) {
            n.parts.push_back(n.what == op::delegate    ? delegated(depth - 1)
                              : takes_stream(n.what, i) ? stream(depth - 1)
                              : takes_drop(n.what, i)   ? drop()
                                                        : work(depth - 2));
        }
        return n;
    }
    node delegated(int depth) {
        const bool is_nested = depth > 0 && draw_.below(3) == 0;
        return stream(is_nested ? op::delegate : op::generator, depth);
    }

    draws& draw_;
    const limits& limits_;
    int left_ = 0;
    long own_instant_ = 0;
};

}  // namespace

program generate(draws& from, const limits& within) {
    return writer(from, within).write();
}

}  // namespace programs
