// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/sync/detail/waiter.hpp>

namespace coil {

/// One-shot event: many strands wait, one caller sets it, all of them wake.
///
/// Publishes "this has happened": a connection is up, a file is loaded. It never
/// resets. To hand over values use `channel`; from signal handlers use `remote_event`.
///
/// \snippet coil/sync/event_test.cpp  publish a configuration
///
/// Threads: `event` from any thread, also outside of runtimes; `local::event`, without
/// atomics, from the strands of one.
/// Memory: what precedes `set()` is visible after the `wait()` that it completes.
/// Allocates: never; a waiting leaf is queued inside its own frame.
template <flavour F>
class basic_event {
public:
    class wait_leaf;
    static constexpr bool is_local = F == flavour::local;

    basic_event() = default;
    basic_event(const basic_event&) = delete;
    basic_event& operator=(const basic_event&) = delete;
    /// Requires: nobody is waiting, nor was woken and has not gone on yet.
    ~basic_event() {
        COIL_EXPECTS(waiters_.is_empty() && "an event died while it was awaited");
    }

    /// Wakes every waiting strand, first come first woken. Later waits do not suspend.
    /// Setting it again does nothing.
    void set() noexcept {
        detail::wake_list<wait_leaf, F> woken;
        const holding held(lock_);
        is_set_ = true;
        while (wait_leaf* next = waiters_.pop_front()) woken.add(*next);
    }

    [[nodiscard]] bool is_set() const noexcept {
        const holding held(lock_);
        return is_set_;
    }

    /// Waits until the event is set.
    ///
    /// Stop: leaves the queue; nothing is lost.
    [[nodiscard]] wait_leaf wait() noexcept { return wait_leaf(*this); }

private:
    intrusive_list<wait_leaf> waiters_;
    bool is_set_ = false;
    [[no_unique_address]] mutable lock_of<F> lock_;
};

/// The leaf behind `event::wait()`.
template <flavour F>
class basic_event<F>::wait_leaf : public detail::waiter<wait_leaf, F> {
public:
    static constexpr const char* what = "event";

    explicit wait_leaf(basic_event& awaited) noexcept : event_(awaited) {}
    void await_resume() const noexcept {}

private:
    friend leaf_of<wait_leaf>;
    friend detail::waiter<wait_leaf, F>;
    friend detail::wake_list<wait_leaf, F>;
    [[nodiscard]] bool try_now() const noexcept { return event_.is_set(); }
    void start() noexcept {
        if (!begin_to_wait()) this->complete();
    }
    bool begin_to_wait() noexcept {
        const holding held(event_.lock_);
        if (event_.is_set_ && !COIL_PLANTED(between_is_missed)) return false;
        event_.waiters_.push_back(*this);
        return true;
    }
    void woken() noexcept { this->complete(); }
    stop_answer on_stop() noexcept {
        const holding held(event_.lock_);
        return this->withdraw() ? stop_answer::ended : stop_answer::later;
    }

    basic_event& event_;
};

using event = basic_event<flavour::movable>;

namespace local {
using event = basic_event<flavour::local>;
}  // namespace local

}  // namespace coil
