// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/detail/waiter.hpp>

#include <cstddef>
#include <cstdint>

namespace coil {

/// Holds strands back until so many have come, then lets them all go on, and begins
/// anew: phases of work that begin together.
///
/// To await the end of children, use a group; for something that happens once, `event`.
///
/// \snippet coil/sync/barrier_test.cpp  two phases
///
/// Threads: `barrier` from any thread; `local::barrier`, without atomics, from the
/// strands of one.
/// Memory: what precedes any `wait()` or `arrive()` is visible after all waits that end
/// with it.
/// Allocates: never; a waiting leaf is queued inside its own frame.
template <flavour F>
class basic_barrier {
public:
    class wait_leaf;
    static constexpr bool is_local = F == flavour::local;

    /// That somebody has come; see `arrive()`.
    class arrival {
        friend basic_barrier;
        friend wait_leaf;
        arrival(std::uint64_t phase, bool is_last) noexcept
            : phase_(phase),
              is_last_(is_last) {}
        std::uint64_t phase_;
        bool is_last_;
    };

    /// With a `count` of zero or one nobody waits.
    explicit basic_barrier(std::size_t count) noexcept : count_(count) {}
    basic_barrier(const basic_barrier&) = delete;
    basic_barrier& operator=(const basic_barrier&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet.
    ~basic_barrier() {
        COIL_EXPECTS(waiters_.is_empty() && "a barrier died while it was awaited");
    }

    /// Comes, and waits until `count` have. `co_await` gives true to one of them, the
    /// last.
    ///
    /// Stop: leaves, and is not counted. If all have come it is too late, as the others
    /// go on: then a race that ends in that very turn loses the news, and who waits
    /// again is counted for the next phase. In a race or under a time limit come first,
    /// by `arrive`.
    [[nodiscard]] wait_leaf wait() noexcept { return wait_leaf(*this); }

    /// Comes, and does not wait: it is counted once, whatever becomes of its waits.
    ///
    /// \snippet coil/sync/barrier_test.cpp  come once, wait in a race
    [[nodiscard]] arrival arrive() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(lock_);
        const arrival made(phase_, is_last());
        if (made.is_last_) {
            let_go(woken);
        } else {
            ++waiting_;
        }
        return made;
    }
    /// Waits until all have come with whom `arrive` was called for `came`, and gives
    /// true if that was the last one. It takes nothing: it may be called again, and
    /// once all have come it does not wait.
    ///
    /// Stop: nothing is lost; who has come stays counted.
    [[nodiscard]] wait_leaf wait(arrival came) noexcept { return {*this, came}; }

private:
    [[nodiscard]] bool is_last() const noexcept { return waiting_ + 1 >= count_; }
    void let_go(detail::wake_list<wait_leaf, F>& woken) noexcept {
        waiting_ = 0;
        ++phase_;
        while (wait_leaf* next = waiters_.pop_front()) woken.add(*next);
    }

    intrusive_list<wait_leaf> waiters_;
    const std::size_t count_;
    std::size_t waiting_ = 0;  // have come in this phase
    std::uint64_t phase_ = 0;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

/// The leaf behind `barrier::wait()`.
template <flavour F>
class basic_barrier<F>::wait_leaf : public detail::waiter<wait_leaf, F> {
public:
    static constexpr const char* what = "barrier";

    explicit wait_leaf(basic_barrier& awaited) noexcept : barrier_(awaited) {}
    wait_leaf(basic_barrier& awaited, arrival came) noexcept
        : barrier_(awaited),
          phase_(came.phase_),
          has_come_(true),
          is_leader_(came.is_last_) {}
    /// Whether it is the one that came last.
    [[nodiscard]] bool await_resume() const noexcept { return is_leader_; }

private:
    friend leaf_of<wait_leaf>;
    friend detail::waiter<wait_leaf, F>;
    friend detail::wake_list<wait_leaf, F>;
    [[nodiscard]] bool try_now() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(barrier_.lock_);
        if (has_come_) return is_over();
        if (!barrier_.is_last()) return false;
        barrier_.let_go(woken);
        return is_leader_ = true;
    }
    void start() noexcept {
        if (!begin_to_wait()) this->retry();
    }
    // False: the others came since it looked. To let them go now and go on in another
    // turn might leave them without a leader.
    bool begin_to_wait() noexcept {
        const holding held(barrier_.lock_);
        const bool has_ended = has_come_ ? is_over() : barrier_.is_last();
        if (F == flavour::movable && has_ended && !COIL_PLANTED(between_is_missed))
            return false;
        barrier_.waiters_.push_back(*this);
        if (!has_come_) ++barrier_.waiting_;
        return is_waiting_ = true;
    }
    [[nodiscard]] bool is_over() const noexcept { return barrier_.phase_ != phase_; }
    void woken() noexcept { this->complete(); }
    stop_answer on_stop() noexcept {
        const holding held(barrier_.lock_);
        if (!this->withdraw()) return stop_answer::later;
        if (is_waiting_ && !has_come_) --barrier_.waiting_;
        return stop_answer::ended;
    }

    basic_barrier& barrier_;
    std::uint64_t phase_ = 0;
    bool has_come_ = false;    // before it waited, and it stays counted
    bool is_waiting_ = false;  // who is let go is not asked any more
    bool is_leader_ = false;
};

using barrier = basic_barrier<flavour::movable>;

namespace local {
using barrier = basic_barrier<flavour::local>;
}  // namespace local

}  // namespace coil
