// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/sync/detail/waiter.hpp>

#include <cstdint>

namespace coil {

/// Tells strands to look again at something that lies elsewhere: one of them, or all.
///
/// What is told to one is kept, once, for who comes next; what is told to all is not.
/// For what happens once use `event`; to hand over values, `channel`.
///
/// \snippet coil/sync/notify_test.cpp  wait until it is so
///
/// Threads: `notify` from any thread, also outside of runtimes; `local::notify`,
/// without atomics, from the strands of one.
/// Memory: what precedes `notify_one()` is visible after the `wait()` that it
/// completes; so it is with `notify_all()`.
/// Allocates: never; a waiting leaf is queued inside its own frame.
template <flavour F>
class basic_notify {
public:
    class wait_leaf;
    static constexpr bool is_local = F == flavour::local;

    basic_notify() = default;
    basic_notify(const basic_notify&) = delete;
    basic_notify& operator=(const basic_notify&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet.
    ~basic_notify() {
        COIL_EXPECTS(waiters_.is_empty() && "a notify died while it was awaited");
    }

    /// Wakes the strand that has waited longest. If none waits, the next `wait()` does
    /// not: one is kept, however often it is told.
    void notify_one() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(lock_);
        tell_one(woken);
    }

    /// Wakes every strand that called `wait()` before, in the order in which they came,
    /// and keeps nothing.
    void notify_all() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(lock_);
        ++told_all_;
        while (wait_leaf* next = waiters_.pop_front()) woken.add(*next);
    }

    /// Waits until it is told. `notify_all` counts from this call, not from the await
    /// of what it gives: so call it, look, and then await.
    ///
    /// Stop: leaves the queue; what it alone was told is told to the next.
    [[nodiscard]] wait_leaf wait() noexcept {
        const holding held(lock_);
        return wait_leaf(*this);
    }

private:
    void tell_one(detail::wake_list<wait_leaf, F>& woken) noexcept {
        wait_leaf* const next = waiters_.pop_front();
        (next == nullptr ? is_kept_ : next->is_told_) = true;
        if (next != nullptr) woken.add(*next);
    }

    intrusive_list<wait_leaf> waiters_;
    std::uint64_t told_all_ = 0;  // how often
    bool is_kept_ = false;        // somebody was to be told, and nobody was there
    [[no_unique_address]] mutable lock_of<F> lock_;
};

/// The leaf behind `notify::wait()`.
template <flavour F>
class basic_notify<F>::wait_leaf : public detail::waiter<wait_leaf, F> {
public:
    static constexpr const char* what = "notify";

    void await_resume() const noexcept {}

private:
    friend basic_notify;
    friend leaf_of<wait_leaf>;
    friend detail::waiter<wait_leaf, F>;
    friend detail::wake_list<wait_leaf, F>;
    explicit wait_leaf(basic_notify& awaited) noexcept
        : notify_(awaited),
          told_all_before_(awaited.told_all_) {}
    [[nodiscard]] bool were_all_told() const noexcept {
        return notify_.told_all_ != told_all_before_;
    }
    [[nodiscard]] bool try_now() noexcept {
        const holding held(notify_.lock_);
        return std::exchange(is_told_, false) || were_all_told() ||
               std::exchange(notify_.is_kept_, false);
    }
    void start() noexcept {
        if (!begin_to_wait()) this->retry();
    }
    // False: it was told since it looked. To take that now and say so in another turn
    // might lose it to a race.
    bool begin_to_wait() noexcept {
        const holding held(notify_.lock_);
        if (F == flavour::movable && !COIL_PLANTED(between_is_missed) &&
            (were_all_told() || notify_.is_kept_))
            return false;
        notify_.waiters_.push_back(*this);
        return true;
    }
    void woken() noexcept { this->retry(); }
    stop_answer on_stop() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(notify_.lock_);
        if (!this->withdraw()) return stop_answer::later;
        if (std::exchange(is_told_, false) && !COIL_PLANTED(stopped_waiter_keeps_news))
            notify_.tell_one(woken);
        return stop_answer::ended;
    }

    basic_notify& notify_;
    std::uint64_t told_all_before_;
    bool is_told_ = false;  // it alone; under the lock
};

using notify = basic_notify<flavour::movable>;

namespace local {
using notify = basic_notify<flavour::local>;
}  // namespace local

}  // namespace coil
