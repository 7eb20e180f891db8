// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/planted.hpp>
#include <coil/parallel/detail/forked.hpp>

#include <utility>

namespace coil::detail {

const piece_ops forked::listener::table = {
    nullptr,
    [](piece& told) noexcept {
        forked& of = static_cast<listener&>(told).of;
        of.scope_.add(told);  // a harder stop may follow
        const holding held(of.lock_);
        of.stop_strands(of.scope_.reason(), of.scope_.level());
        return stop_answer::later;
    },
    "parallel",
    [](const piece& waiting) noexcept {
        return static_cast<const listener&>(waiting).of.parent_;
    },
    [](const piece& waiting, strand_visitor& visitor) {
        const forked& of = static_cast<const listener&>(waiting).of;
        if (of.lock_.has_threads()) return;  // they run meanwhile
        for (member* m = of.first_; m != nullptr; m = m->next_) {
            if (!m->has_ended_) visitor.visit(*m);
        }
    },
};

void forked::open(continuation parent) noexcept {
    parent_ = parent;
    scope_.open(parent.scope());
}

bool forked::wants_strands() noexcept {
    if (!scope_.home().runs_on().wants_more()) return false;
    lock_.expect_threads(scope_.home().is_parallel());
    scope_.add(listener_);
    asked_why_ = scope_.reason();
    asked_ = scope_.level();
    return true;
}

void forked::start_strands() noexcept {
    // Once one has started, it may stop the others under the lock.
    const bool is_stopped = asked_ != stop_level::none;
    for (member* m = first_; m != nullptr; m = m->next_) {
        if (is_stopped) m->root().request_stop(scope_.reason(), scope_.level());
        m->start();
    }
}

bool forked::part_ended_here(std::size_t index, ending how) noexcept {
    const holding held(lock_);
    if (note(index, how)) scope_.request_stop(stop_reason::sibling_ended);
    is_waiting_ = --left_here_ == 0 && left_ != 0;
    return left_ == 0;
}

void forked::strand_ended(member& ended, std::size_t index, ending how) noexcept {
    const holding held(lock_);
    ended.has_ended_ = true;
    const bool has_failed = note(index, how);
    if (!lock_.has_threads()) {
        if (has_failed) scope_.request_stop(stop_reason::sibling_ended);
        if (left_ == 0) all_ended();
    } else if ((has_failed && !is_waiting_) ||
               (left_ == 0 && is_waiting_ && !COIL_PLANTED(last_part_says_nothing))) {
        if (!std::exchange(has_news_, true)) scope_.home().post(news_);
    }
}

/// Whether it is the first to fail; then the others are asked to stop.
bool forked::note(std::size_t index, ending how) noexcept {
    --left_;
    if (how == ending::value || failure_ != ending::value) return false;
    failure_ = how;
    failed_ = index;
    stop_strands(stop_reason::sibling_ended, stop_level::soft);
    return true;
}

void forked::stop_strands(stop_reason why, stop_level level) noexcept {
    if (level <= asked_ || COIL_PLANTED(stops_reach_no_strand)) return;
    asked_why_ = why;
    asked_ = level;
    for (member* m = first_; m != nullptr; m = m->next_) {
        if (m->has_ended_) continue;
        if (lock_.has_threads()) {
            m->ask_to_stop();
        } else {
            m->root().request_stop(why, level);
        }
    }
}

void forked::tell(member& asked) noexcept {
    const holding held(lock_);
    asked.root().request_stop(asked_why_, asked_);
}

void forked::hear_strands() noexcept {
    const holding held(lock_);
    has_news_ = false;
    if (failure_ != ending::value) scope_.request_stop(stop_reason::sibling_ended);
    if (left_ == 0 && is_waiting_) all_ended();
}

void forked::close() noexcept {
    if (has_news_ && !COIL_PLANTED(forks_close_over_news)) [[unlikely]]
        scope_.home().drain();
    listener_.unlink();
    scope_.close();
}

void forked::expect_one_thread() const noexcept {
    if (!scope_.home().is_parallel()) return;
    fatal(
        "something local was given to parallel on a runtime of many threads, where it "
        "would leave its own: use coil::task and results that are sendable, or join");
}

}  // namespace coil::detail
