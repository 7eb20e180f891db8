// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/parallel/detail/kept_child.hpp>
#include <coil/parallel/detail/kept_set.hpp>

namespace coil::detail {

void kept_child::enter(kept_set& keeper) noexcept {
    set_ = &keeper;
    keeper.add(*this);
    enter_group();
}

// The lock keeps it from leaving the group meanwhile.
void kept_child::request_stop(stop_level level) noexcept {
    const holding held(lock);
    if (!has_ended_work_ || COIL_PLANTED(ended_ones_are_asked)) ask_alone(level);
}

bool kept_child::keeps_outcome(bool is_stopped) noexcept {
    const holding held(lock);
    if (set_ == nullptr) {
        has_ended_work_ = true;
    } else {
        set_->set_ended_work(has_ended_work_);
    }
    was_stopped_ = is_stopped;
    const bool is_kept = is_kept_ || COIL_PLANTED(unkept_errors_vanish);
    if (!is_kept || has_started_) return false;
    return is_keepers_ = true;
}

bool kept_child::start_for_keeper() noexcept {
    end_leaf* woken = nullptr;
    bool is_kept = false;
    {
        const holding held(lock);
        has_started_ = true;
        is_kept = is_keepers_ = is_kept_ || COIL_PLANTED(unheard_starts_are_kept);
        woken = end_leaf::take_out_of(*this);
    }
    if (woken != nullptr) woken->wake();
    return is_kept;
}

void kept_child::end_for_keeper() noexcept {
    end_leaf* woken = nullptr;
    set_leaf* woken_in_set = nullptr;
    bool is_kept = false;
    {
        const holding held(lock);
        has_ended_ = true;
        is_kept = is_kept_;
        woken = end_leaf::take_out_of(*this);
        if (set_ != nullptr) woken_in_set = set_->move_to_ended(*this);
    }
    if (woken != nullptr) woken->wake();
    if (woken_in_set != nullptr) woken_in_set->wake();
    if (!is_kept && !COIL_PLANTED(unkept_ones_stay)) delete this;
}

void kept_child::let_go() noexcept {
    if (COIL_PLANTED(freed_in_its_lock) && has_ended_) return delete this;
    {
        // Where it has ended, too: it may not have given the lock back yet.
        const holding held(lock);
        COIL_EXPECTS(waiter == nullptr && "a handle died while it was awaited");
        if (!is_keepers_) {
            is_kept_ = false;
            if (stops_when_let_go_ && !has_ended_work_) ask_alone(stop_level::soft);
            if (!has_ended_) return;  // it frees itself
        }
    }
    clear_kept();
    bool has_ended = false;
    {
        const holding held(lock);
        is_kept_ = false;
        has_ended = has_ended_;
    }
    if (has_ended) delete this;
}

// Sets: a child's lock is taken before the one of its set.

void kept_child::let_go_of_set() noexcept {
    {
        const holding held(lock);
        if (has_ended_) return;  // the set finds it among those
        set_->remove(*this, false);
        if (!COIL_PLANTED(ended_sets_are_told)) set_ = nullptr;
    }
    let_go();
}

void kept_child::leave_set() noexcept {
    {
        const holding held(lock);
        set_->remove(*this, has_ended_);
        set_ = nullptr;
    }
    let_go();
}

void kept_set::add(kept_child& child) noexcept {
    child.set_when_let_go(then_);
    const holding held(lock);
    running_.push_back(child);
    ++stats_.running;
}

void kept_set::remove(kept_child& child, bool has_ended) noexcept {
    const holding held(lock);
    child.leave_list();
    --(has_ended ? stats_.ended : stats_.running);
}

void kept_set::forget(kept_child& child) noexcept {
    child.request_stop(stop_level::soft);
    child.leave_set();
}

// Under the lock: another strand may take a child that ends, and free it. Each goes to
// the end of the list as its turn comes, so all are in their order again.
void kept_set::request_stop(stop_level level) noexcept {
    const holding held(lock);
    for (std::size_t left = stats_.running; left > 0; --left) {
        kept_child& next = *running_.pop_front();
        running_.push_back(next);
        if (!next.has_ended_work_) next.ask_alone(level);
    }
}

void kept_set::set_ended_work(bool& has_ended_work) noexcept {
    const holding held(lock);
    has_ended_work = true;
}

set_leaf* kept_set::move_to_ended(kept_child& child) noexcept {
    const holding held(lock);
    child.leave_list();
    ended_.push_back(child);
    --stats_.running;
    ++stats_.ended;
    return set_leaf::take_out_of(*this);
}

kept_set::~kept_set() {
    while (kept_child* const child = first_running()) child->let_go_of_set();
    while (kept_child* const child = ended_.pop_front()) child->let_go();
}

kept_child* kept_set::first_running() noexcept {
    const holding held(lock);
    COIL_EXPECTS(waiter == nullptr && "a join_set died while it was awaited");
    return running_.front();
}

kept_child* kept_set::take_ended() noexcept {
    for (;;) {
        kept_child* first = nullptr;
        {
            const holding held(lock);
            first = ended_.pop_front();
            if (first != nullptr) --stats_.ended;
        }
        if (first == nullptr) return nullptr;
        // It was written before our lock was taken to move the child here.
        if (!first->was_stopped_ || gives_stopped_) return first;
        first->let_go();
    }
}

}  // namespace coil::detail
