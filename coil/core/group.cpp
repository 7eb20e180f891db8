// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/group.hpp>

namespace coil {

// Children that run beside each other change the group under its lock; it is held for a
// few instructions, and while strands are queued.
template <class Act>
auto group::exclusively(const Act& act) const noexcept {
    if (!is_shared()) [[likely]]
        return act();
    return while_locked(act);
}

// Never inlined: it stays out of the way of the rest, and tests/law9 sees by its name
// that no other path locks.
template <class Act>
[[gnu::noinline, gnu::cold]] auto group::while_locked(const Act& act) const noexcept {
    const holding held(lock_);
    return act();
}

const piece_ops group::listener::table = {
    nullptr,
    [](piece& told) noexcept {
        group& of = static_cast<listener&>(told).of;
        of.scope_.add(told);  // a harder stop may follow
        of.exclusively([&] {
            of.is_told_ = true;
            of.stop_children(of.scope_.reason(), of.scope_.level());
        });
        return stop_answer::later;
    },
    "with_group",
    [](const piece& waiting) noexcept {
        return static_cast<const listener&>(waiting).of.parent_;
    },
    [](const piece& waiting, strand_visitor& visitor) {
        const group& of = static_cast<const listener&>(waiting).of;
        if (of.is_shared()) return;  // they run meanwhile
        for (member* m = of.running_; m != nullptr; m = m->next_) {
            visitor.visit(*m);
        }
    },
};

void group::open(continuation parent) noexcept {
    parent_ = parent;
    scope_.open(parent.scope());
    scope_.add(listener_);
    // Of one that came before it could listen. Those that are held back may begin where
    // nobody can look at the scope.
    is_told_ = scope_.stop_requested();
    asked_why_ = scope_.reason();
    if (!COIL_PLANTED(held_back_go_on)) asked_ = scope_.level();
    if (scope_.home().is_parallel()) beside_ = &scope_.home().runs_on();
}

void group::close() noexcept {
    if (has_news_ && !COIL_PLANTED(closes_over_news)) [[unlikely]]
        scope_.home().drain();
    listener_.unlink();
    scope_.close();
}

group_stats group::stats() const noexcept {
    return exclusively([&] { return stats_; });
}

// Not where who spawns stays on one thread: they take stops from any.
executor& group::place_beside_others() const noexcept {
    const strand* const spawner = strand::current();
    COIL_EXPECTS(spawner != nullptr && "a strand spawns, not a thread of its own");
    executor& here = spawner->runs_on();
    return here.is_parallel() ? here : *beside_;
}

void group::add(member& spawned) noexcept {
    exclusively([&] {
        if (held_back_ == nullptr && may_begin()) return begin(spawned);
        *held_back_end_ = &spawned;
        held_back_end_ = &spawned.next_;
        ++stats_.waiting;
    });
}

bool group::may_begin() const noexcept {
    if (COIL_PLANTED(held_back_never_begin) && asked_ != stop_level::none) return false;
    return stats_.running < options_.limit;
}

void group::begin(member& child) noexcept {
    child.next_ = running_;
    child.link_ = &running_;
    if (running_ != nullptr) running_->link_ = &child.next_;
    running_ = &child;
    ++stats_.running;
    // relaxed: if it was over, there is nobody else who spawns.
    is_over_.store(false, memory_order_relaxed);
    if (scope_.home().is_beside() && scope_.stop_requested())
        child.root().request_stop(scope_.reason(), scope_.level());
    if (asked_ != stop_level::none && !COIL_PLANTED(later_ones_not_asked))
        child.root().request_stop(asked_why_, asked_);
    if (child.asked_ != stop_level::none) [[unlikely]]
        child.root().request_stop(stop_reason::requested, child.asked_);
    child.start();
}

void group::begin_more() noexcept {
    while (held_back_ != nullptr && may_begin()) {
        member& next = *held_back_;
        held_back_ = next.next_;
        if (held_back_ == nullptr) held_back_end_ = &held_back_;
        --stats_.waiting;
        begin(next);
    }
}

void group::child_ended(member& ended, bool is_stopped) noexcept {
    exclusively([&] {
        *ended.link_ = ended.next_;
        if (ended.next_ != nullptr) ended.next_->link_ = ended.link_;
        --stats_.running;
        was_stopped_ = was_stopped_ || (is_stopped && is_told_);
        begin_more();
        if (stats_.running != 0 || !has_body_ended_) return;
        if (!is_shared()) {
            all_ended();
        } else if (!COIL_PLANTED(last_child_says_nothing)) {
            // release: pairs with the acquire in is_alone().
            is_over_.store(true, memory_order_release);
            post_news();
        }
    });
}

bool group::waits_for_children() noexcept {
    return exclusively([&] { return has_body_ended_ = has_children(); });
}

void group::fail(std::exception_ptr error) noexcept {
    exclusively([&] {
        if (error_) {
            if (!COIL_PLANTED(later_errors_uncounted)) ++stats_.suppressed;
            return;
        }
        error_ = std::move(error);
        if (scope_.home().is_beside()) {
            scope_.request_stop(stop_reason::sibling_ended);
        } else if (!COIL_PLANTED(errors_tell_nobody)) {
            post_news();
        }
    });
}

void group::request_stop(stop_level level) noexcept {
    exclusively([&] { stop_children(stop_reason::requested, level); });
}

void group::stop_children(stop_reason why, stop_level level) noexcept {
    if (level > asked_) {
        asked_why_ = why;
        asked_ = level;
    }
    for (member* m = running_; m != nullptr; m = m->next_) {
        if (is_shared()) {
            m->ask_to_stop();
        } else {
            m->root().request_stop(why, level);
        }
    }
}

void group::ask(member& child, stop_level level) noexcept {
    exclusively([&] {
        if (level <= child.asked_) return;
        child.asked_ = level;
        if (child.link_ == nullptr) return;  // held back: it hears of it when it begins
        if (is_shared()) return child.ask_to_stop();
        child.root().request_stop(stop_reason::requested, level);
    });
}

// Between the strands of a group on many threads.

void group::check_not_shared() const noexcept {
    if (!is_shared()) return;
    fatal(
        "something local was spawned on a runtime of many threads, where it would "
        "leave its own: spawn a coil::task, or run on a current_thread_runtime");
}

void group::tell(member& asked) noexcept {
    exclusively([&] {
        asked.root().request_stop(asked_why_, asked_);
        asked.root().request_stop(stop_reason::requested, asked.asked_);
    });
}

void group::post_news() noexcept {
    if (!std::exchange(has_news_, true)) scope_.home().post(news_);
}

// Whether nobody is left who might change it, but this strand: that spares the lock.
bool group::is_alone() const noexcept {
    // acquire: pairs with the release in child_ended().
    if (!is_over_.load(memory_order_acquire)) return false;
    if (lock_.is_held()) while_locked([] {});  // by the last child, as it ends
    return true;
}

void group::hear_children() noexcept {
    if (is_alone()) return hear();
    exclusively([&] { hear(); });
}

void group::hear() noexcept {
    has_news_ = false;
    if (error_) scope_.request_stop(stop_reason::sibling_ended);
    if (has_body_ended_ && !has_children()) all_ended();
}

}  // namespace coil
