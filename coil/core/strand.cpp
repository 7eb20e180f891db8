// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/leaf.hpp>
#include <coil/core/promise.hpp>
#include <coil/core/strand.hpp>

#include <utility>

namespace coil {

namespace {
COIL_THREAD_LOCAL strand* current_strand = nullptr;
COIL_THREAD_LOCAL const detail::promise_base* unwinding_frame = nullptr;
}  // namespace

// Never inlined: a coroutine that moved must not use the thread it came from.
COIL_NOINLINE strand* strand::current() noexcept {
    return current_strand;
}

COIL_NOINLINE const void* executor::this_thread() noexcept {
    static COIL_THREAD_LOCAL char mark = 0;
    return &mark;
}

COIL_NOINLINE bool is_unwinding() noexcept {
    return unwinding_frame != nullptr;
}

namespace detail {

frame_handle gone_child() noexcept {
    return frame_handle::from_address(std::noop_coroutine().address());
}

void destroy_unwinding(promise_base& frame) noexcept {
    const promise_base* outer = std::exchange(unwinding_frame, &frame);
    handle_of(frame).destroy();
    unwinding_frame = outer;
}

void check_not_unwinding(const promise_base& frame) noexcept {
    if (unwinding_frame != &frame) return;
    fatal("a destructor threw while its coroutine was being stopped, in ",
          frame.where.function_name());
}

}  // namespace detail

// Stop scopes.

const piece_ops context::inner_ops = {nullptr, nullptr, "context"};
const piece_ops context::moving_ops = {nullptr, nullptr, "context"};

context::context(context& outer, bool is_shielded) noexcept : piece(inner_ops) {
    is_shielded_ = is_shielded;
    nest_in(outer);
}

void context::nest_in(context& outer) noexcept {
    home_ = outer.home_;
    move_to(outer);
}

// Its strand stays as it is: those of other threads may be reading it.
void context::move_to(context& outer) noexcept {
    outer_ = &outer;
    outer.add(*this);
    raise(stop_reason::none, stop_level::none);  // one that moved leaves its old stop
    if (COIL_PLANTED(nested_scopes_forget_stops)) return;
    if (outer.level_ == stop_level::hard ||
        (outer.level_ == stop_level::soft && !is_shielded_)) {
        raise(outer.reason_, outer.level_);
    }
}

bool context::is_stop_on_its_way() const noexcept {
    // Requested in this very piece and not delivered yet: look at who would tell us.
    bool is_shielded = is_shielded_;
    for (const context* c = outer_; c != nullptr && c->home_ == home_; c = c->outer_) {
        if (c->level_ == stop_level::hard) return true;
        if (c->level_ == stop_level::soft && !is_shielded) return true;
        is_shielded = is_shielded || c->is_shielded_;
    }
    return false;
}

void context::request_stop(stop_reason why, stop_level level) noexcept {
    if (level <= level_) return;
    raise(level_ == stop_level::none ? why : reason_, level);
    home_->queue_stop(*this);
}

void strand::queue_stop(context& requested) noexcept {
    if (!std::exchange(requested.is_requested_, true)) {
        requested.next_requested_ = std::exchange(stops_, &requested);
    }
    ensure_queued();
}

void strand::drop_stop(context& requested) noexcept {
    context** link = &stops_;
    while (*link != &requested) link = &(*link)->next_requested_;
    *link = requested.next_requested_;
    requested.is_requested_ = false;
}

void strand::deliver_stops() noexcept {
    while (stops_ != nullptr) {
        context& requested = *stops_;
        drop_stop(requested);
        piece* telling = nullptr;  // leaves that it has still to reach
        mark(requested, telling);
        tell_leaves(telling);
    }
}

// Raises what is nested in `requested` and moves its leaves, the newest first, to
// `telling`. No user code runs here, and contexts nest as deep as awaits do: so this
// walks the tree, without recursion.
void strand::mark(context& requested, piece*& telling) noexcept {
    piece** end = &telling;
    context* within = &requested;
    for (piece* p = requested.waiting_;;) {
        while (p == nullptr) {
            if (within == &requested) return;
            p = within->next_;
            within = within->outer_;
        }
        if (p->ops_->stop != nullptr) {
            piece& leaf = *p;
            p = leaf.next_;
            leaf.unlink();
            leaf.link_into(COIL_PLANTED(stops_oldest_first) ? telling : *end);
            end = &leaf.next_;
            continue;
        }
        auto& inner = static_cast<context&>(*p);
        const bool hears =
            requested.level_ > inner.level_ &&
            (!inner.is_shielded_ || (requested.level_ == stop_level::hard &&
                                     !COIL_PLANTED(shields_keep_hard_stops_out)));
        if (hears) {
            inner.raise(requested.reason_, requested.level_);
            within = &inner;
        }
        p = hears ? inner.waiting_ : inner.next_;
    }
}

// One at a time, from the head: unwinding may take any of them away.
void strand::tell_leaves(piece*& telling) noexcept {
    while (telling != nullptr) {
        piece& told = *telling;
        told.unlink();
        if (told.ops_->stop(told) == stop_answer::ended) {
            unwind_ = static_cast<leaf&>(told).parent();
            drive({});
        }
    }
}

// Other threads.

void strand::post(remote_message& message) noexcept {
    if (!is_parallel_) {
        executor_->remote().post(message);
    } else if (messages_.take_up()) {
        first_ = &message;  // which spares the owner an exchange
        if (!COIL_PLANTED(messages_wake_nobody)) executor_->schedule(*this);
    } else if (messages_.push(message) && !COIL_PLANTED(messages_wake_nobody)) {
        executor_->schedule(*this);
    }
}

void strand::ask_to_stop() noexcept {
    if (messages_.ask_to_stop()) executor_->schedule(*this);
}

void strand::drain() noexcept {
    if (messages_.drain().was_asked_to_stop) ops().asked_to_stop(*this);
}

// The loop.

template <bool IsParallel>
COIL_ALWAYS_INLINE void strand::take_turn() noexcept {
    strand* outer = std::exchange(current_strand, this);
    budget_ = executor_->pieces_per_turn();
    if constexpr (IsParallel) {
        if (first_ != nullptr) inbox::deliver(*std::exchange(first_, nullptr));
        drain();
    }
    if (stops_ != nullptr) [[unlikely]]
        deliver_stops();
    if (!has_ended_) run_batch();
    current_strand = outer;
    if (has_ended_) {
        ops().ended(*this);  // may free this strand
    } else if (has_more() || (IsParallel && !messages_.try_rest() &&
                              !COIL_PLANTED(rests_over_messages))) {
        executor_->schedule(*this);
    } else if constexpr (!IsParallel) {
        is_queued_ = false;
    }  // else it rests: whoever wakes it has it
}

void strand::run_turn() noexcept {
    take_turn<false>();
}

void strand::run_turn_on(executor& taken_up_by) noexcept {
    executor_ = &taken_up_by;
    take_turn<true>();
}

void strand::run_batch() noexcept {
    batch_.append(ready_);
    while (!batch_.is_empty()) {
        piece& next = take_next();
        drive(next.ops_->run(next));
        if (stops_ != nullptr) deliver_stops();
        if (has_ended_ || !spend()) return;
    }
}

piece& strand::take_next() noexcept {
    if (!executor_->chooses_pieces()) [[likely]]
        return batch_.pop();
    const unsigned count = batch_.count();
    return batch_.pop_at(executor_->choose(count) % count);
}

void strand::drive(std::coroutine_handle<> next) noexcept {
    for (;;) {
        if (next) next.resume();
        if (ended_) {
            next = std::exchange(ended_, {}).complete();
        } else if (unwind_) {
            next = unwind_on();
        } else {
            return;
        }
    }
}

// Frames are destroyed one by one, innermost first, from this loop and from nowhere
// else, so the native stack stays flat however deep they nest.
std::coroutine_handle<> strand::unwind_on() noexcept {
    const continuation at = std::exchange(unwind_, {});
    if (at.is_branch()) return at.as_branch().ops->stopped(at.as_branch());
    detail::promise_base& frame = at.as_frame();
    if (detail::has_drops(frame)) {
        auto& carried = static_cast<detail::drops&>(*frame.scope);
        return carried.calls->stopped(carried);
    }
    detail::receiver& up = *frame.up;
    detail::destroy_unwinding(frame);
    up.child = nullptr;
    unwind_ = up.parent;
    return {};
}

// What it reads of another strand does not change while that waits for this one: where
// contexts that began to be are nested, and what they are. Those that move do change.
const context* context::around(const strand& reader) const noexcept {
    const context* const next = moves() && home_ != &reader ? nullptr : outer_;
    return next != nullptr ? next : home_->inherits_from();
}

void strand::visit_waiting(waiting_visitor& visitor) {
    root_.visit_waiting(visitor);
}

void context::visit_waiting(waiting_visitor& visitor) const {
    const context* within = this;  // no recursion: contexts nest as deep as awaits do
    for (const piece* p = waiting_;;) {
        while (p == nullptr) {
            if (within == this) return;
            p = within->next_;
            within = within->outer_;
        }
        if (p->ops_->stop != nullptr) {
            visitor.waits(*p);
            p = p->next_;
        } else {
            within = static_cast<const context*>(p);
            p = within->waiting_;
        }
    }
}

void strand_queue::run_turn() noexcept {
    if (is_empty()) return;
    strand* const last = tail_;
    for (;;) {
        strand& next = pop();
        const bool is_last = &next == last;
        next.run_turn();
        if (is_last) return;
    }
}

}  // namespace coil
