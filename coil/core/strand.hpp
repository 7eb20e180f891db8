// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/base/inbox.hpp>
#include <coil/base/planted.hpp>
#include <coil/core/context.hpp>
#include <coil/core/continuation.hpp>
#include <coil/core/executor.hpp>

namespace coil {

/// Told of what strands wait for; see `strand::visit_waiting`.
class waiting_visitor {
public:
    virtual void waits(const piece& leaf) = 0;

protected:
    ~waiting_visitor() = default;
};

class strand;

/// What a kind of strand does: how it begins, with its root context as the piece, and
/// whom its loop tells, last of all, that it has ended: that may free the strand.
struct strand_ops : piece_ops {
    void (*ended)(strand&) noexcept;
    /// Another thread called `ask_to_stop`; the strand's own. Null: nobody can.
    void (*asked_to_stop)(strand&) noexcept = nullptr;
    /// See `strand::inherits_from`. Null: from nothing.
    const context* (*inherits_from)(const strand&) noexcept = nullptr;
};

/// One spawned unit of work: one logical thread.
///
/// Everything awaited inside it runs one piece at a time (law 1). It is what an
/// executor schedules. Only its loop resumes or destroys coroutines (law 5).
///
/// Threads: its executor's; on a parallel one, whichever runs its turn, one after the
/// other.
class strand {
public:
    strand(executor& runs_on, const strand_ops& ops) noexcept
        : root_(*this, ops),
          executor_(&runs_on),
          is_queued_(runs_on.is_parallel()),
          is_parallel_(is_queued_) {}
    strand(const strand&) = delete;
    strand& operator=(const strand&) = delete;

    [[nodiscard]] context& root() noexcept { return root_; }
    [[nodiscard]] executor& runs_on() const noexcept { return *executor_; }
    /// The context, of another strand, that waits for this one to end, and whose values
    /// it sees; or null.
    [[nodiscard]] const context* inherits_from() const noexcept {
        return ops().inherits_from == nullptr ? nullptr : ops().inherits_from(*this);
    }

    /// Whether its turns may be on different threads.
    [[nodiscard]] bool is_parallel() const noexcept { return is_parallel_; }
    /// Whether this thread may touch what is the strand's own.
    [[nodiscard]] bool is_here() const noexcept {
        return is_parallel_ ? current() == this : executor_->is_own_thread();
    }
    /// The same, asked by another strand of its runtime; cheaper where that has one
    /// thread.
    [[nodiscard]] bool is_beside() const noexcept {
        return !is_parallel_ || current() == this;
    }

    /// Queues its beginning.
    void start() noexcept {
        ready_.push(root_);
        if (is_parallel_) return executor_->schedule(*this);
        ensure_queued();  // unless a stop has come first
    }

    /// Delivers the message on the strand's own thread, between two pieces.
    ///
    /// Threads: any, while something in the strand waits for the message.
    void post(remote_message& message) noexcept;
    /// Calls `strand_ops::asked_to_stop` on the strand's own thread.
    ///
    /// Threads: any, while the strand cannot end. Requires: `is_parallel()`.
    void ask_to_stop() noexcept;
    /// Delivers now what other threads posted. Requires: `is_parallel()`.
    void drain() noexcept;

    /// Queues a piece that has completed. Never runs it: law 2.
    void wake(piece& completed) noexcept {
        COIL_ASSERT(is_beside() && "what is local may not be used from another thread");
        (COIL_PLANTED(woken_in_the_same_turn) ? batch_ : ready_).push(completed);
        ensure_queued();
    }

    /// Starts a branch in this very turn, after the running piece: branches of a
    /// combinator begin together. To keep their order, the last one comes first.
    void start_soon(piece& branch) noexcept { batch_.push_front(branch); }

    /// Goes on unwinding at `next` when the running piece has returned.
    void unwind(continuation next) noexcept { unwind_ = next; }

    /// A coroutine has ended. Returns what to run next: its parent. A branch is told by
    /// the loop instead, since it may destroy the frame that is still suspending.
    [[nodiscard]] std::coroutine_handle<> end(continuation parent) noexcept {
        if (!parent.is_branch()) return parent.complete();
        ended_ = parent;
        return std::noop_coroutine();
    }

    /// The root has ended; the loop will call the end function.
    void mark_ended() noexcept { has_ended_ = true; }

    /// Takes one unit of this turn's budget. False: give way before going on.
    [[nodiscard]] bool spend() noexcept {
        return COIL_PLANTED(turns_have_no_budget) || (budget_ > 0 && --budget_ > 0);
    }

    /// This turn has done enough: the next await gives way.
    void spend_rest() noexcept { budget_ = 0; }

    /// Whether this turn's budget is used up.
    [[nodiscard]] bool is_spent() const noexcept { return budget_ <= 0; }

    /// Whether a requested stop has not been delivered yet.
    [[nodiscard]] bool has_pending_stop() const noexcept { return stops_ != nullptr; }

    /// Runs the pieces that are ready now, within the budget. Called by the executor;
    /// the strand may be gone afterwards.
    void run_turn() noexcept;
    /// The same, for a parallel executor: until its turn has ended the strand is its.
    void run_turn_on(executor& taken_up_by) noexcept;

    /// Tells `visitor` of every leaf that waits in this strand.
    void visit_waiting(waiting_visitor& visitor);

    /// The strand whose piece runs on this thread, or null.
    [[nodiscard]] static strand* current() noexcept;

    /// The executor's own link while the strand is queued.
    strand* next_queued = nullptr;

private:
    friend class context;

    void ensure_queued() noexcept {
        COIL_ASSERT((is_parallel_ || executor_->is_own_thread()) &&
                    "what is local may not be used from another thread");
        if (is_queued_) return;
        is_queued_ = true;
        executor_->schedule(*this);
    }
    void queue_stop(context& requested) noexcept;
    void drop_stop(context& requested) noexcept;
    void deliver_stops() noexcept;
    static void mark(context& requested, piece*& telling) noexcept;
    void tell_leaves(piece*& telling) noexcept;
    void drive(std::coroutine_handle<> next) noexcept;
    std::coroutine_handle<> unwind_on() noexcept;
    template <bool IsParallel>
    inline void take_turn() noexcept;
    void run_batch() noexcept;
    [[nodiscard]] bool has_more() const noexcept {
        return !ready_.is_empty() || !batch_.is_empty() || stops_ != nullptr;
    }
    piece& take_next() noexcept;
    [[nodiscard]] const strand_ops& ops() const noexcept {
        return static_cast<const strand_ops&>(root_.ops());
    }

    context root_;
    ready_list batch_;          // this turn's
    ready_list ready_;          // the next turn's
    context* stops_ = nullptr;  // of which a stop was requested, not yet delivered
    continuation ended_;
    continuation unwind_;
    executor* executor_;
    inbox messages_;  // of a parallel strand; others' come to their executor
    remote_message* first_ = nullptr;  // the one that ended its rest
    int budget_ = 0;
    bool is_queued_;  // or running; always, if parallel: then its inbox knows it
    bool has_ended_ = false;
    const bool is_parallel_;
};

inline void context::forget_request() noexcept {
    if (is_requested_) [[unlikely]]
        home_->drop_stop(*this);
}

inline bool context::stop_requested() const noexcept {
    if (level_ != stop_level::none) return true;
    return home_->has_pending_stop() && is_stop_on_its_way();
}

/// First in, first out, of strands whose turn is to come: an executor's building block.
class strand_queue {
public:
    [[nodiscard]] bool is_empty() const noexcept { return head_ == nullptr; }
    void push(strand& ready) noexcept {
        ready.next_queued = nullptr;
        (head_ == nullptr ? head_ : tail_->next_queued) = &ready;
        tail_ = &ready;
    }
    strand& pop() noexcept {
        strand& first = *head_;
        head_ = first.next_queued;
        return first;
    }
    /// Gives a turn to each strand that is queued now; what they wake waits.
    void run_turn() noexcept;

private:
    strand* head_ = nullptr;
    strand* tail_ = nullptr;
};

/// Goes on unwinding at `parent`; the next step for a branch that was stopped.
inline std::coroutine_handle<> unwind_to(continuation parent) noexcept {
    parent.scope().home().unwind(parent);
    return std::noop_coroutine();
}

/// Whether the destructor that is running now runs because its coroutine was stopped.
/// `std::uncaught_exceptions()` cannot tell: a stop is no exception.
[[nodiscard]] bool is_unwinding() noexcept;

}  // namespace coil
