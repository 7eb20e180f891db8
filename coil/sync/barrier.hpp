// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/detail/waiter.hpp>

#include <cstddef>

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
/// Memory: what precedes any `wait()` is visible after all that end with it.
/// Allocates: never; a waiting leaf is queued inside its own frame.
template <flavour F>
class basic_barrier {
public:
    class wait_leaf;
    static constexpr bool is_local = F == flavour::local;

    /// With a `count` of zero or one nobody waits.
    explicit basic_barrier(std::size_t count) noexcept : count_(count) {}
    basic_barrier(const basic_barrier&) = delete;
    basic_barrier& operator=(const basic_barrier&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet.
    ~basic_barrier() {
        COIL_EXPECTS(waiters_.is_empty() && "a barrier died while it was awaited");
    }

    /// Waits until `count` have come. `co_await` gives true to one of them, the last.
    ///
    /// Stop: leaves, and is not counted. If all have come it is too late: they go on,
    /// so a race that ends in that very turn may lose the news, as it loses any result.
    [[nodiscard]] wait_leaf wait() noexcept { return wait_leaf(*this); }

private:
    [[nodiscard]] bool is_last() const noexcept { return waiting_ + 1 >= count_; }

    intrusive_list<wait_leaf> waiters_;
    const std::size_t count_;
    std::size_t waiting_ = 0;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

/// The leaf behind `barrier::wait()`.
template <flavour F>
class basic_barrier<F>::wait_leaf : public detail::waiter<wait_leaf, F> {
public:
    static constexpr const char* what = "barrier";

    explicit wait_leaf(basic_barrier& awaited) noexcept : barrier_(awaited) {}
    /// Whether it is the one that came last.
    [[nodiscard]] bool await_resume() const noexcept { return is_leader_; }

private:
    friend leaf_of<wait_leaf>;
    friend detail::waiter<wait_leaf, F>;
    friend detail::wake_list<wait_leaf, F>;
    [[nodiscard]] bool try_now() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(barrier_.lock_);
        if (!barrier_.is_last()) return false;
        barrier_.waiting_ = 0;
        while (wait_leaf* next = barrier_.waiters_.pop_front()) woken.add(*next);
        return is_leader_ = true;
    }
    void start() noexcept {
        if (!begin_to_wait()) this->retry();
    }
    // False: the others came since it looked. To let them go now and go on in another
    // turn might leave them without a leader.
    bool begin_to_wait() noexcept {
        const holding held(barrier_.lock_);
        if (F == flavour::movable && barrier_.is_last() &&
            !COIL_PLANTED(between_is_missed))
            return false;
        barrier_.waiters_.push_back(*this);
        ++barrier_.waiting_;
        return is_counted_ = true;
    }
    void woken() noexcept { this->complete(); }
    stop_answer on_stop() noexcept {
        const holding held(barrier_.lock_);
        if (!this->withdraw()) return stop_answer::later;
        if (is_counted_) --barrier_.waiting_;
        return stop_answer::ended;
    }

    basic_barrier& barrier_;
    bool is_counted_ = false;  // once it waits; who is let go is not asked any more
    bool is_leader_ = false;
};

using barrier = basic_barrier<flavour::movable>;

namespace local {
using barrier = basic_barrier<flavour::local>;
}  // namespace local

}  // namespace coil
