// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/intrusive_list.hpp>
#include <coil/core/leaf.hpp>
#include <coil/core/sendable.hpp>

namespace coil {

/// One-shot event: many strands wait, one caller sets it, all of them wake.
///
/// Publishes "this has happened": a connection is up, a file is loaded. It never
/// resets. To hand over values use `channel`; from another thread use `remote_event`.
///
/// \snippet coil/sync/event_test.cpp  publish a configuration
///
/// Threads: those of one runtime.
/// Allocates: never; a waiting leaf is queued inside its own frame.
class event {
public:
    class wait_leaf;

    event() = default;
    event(const event&) = delete;
    event& operator=(const event&) = delete;
    /// Requires: nobody is waiting.
    ~event() {
        COIL_EXPECTS(waiters_.is_empty() && "an event died while it was awaited");
    }

    /// Wakes every waiting strand, first come first woken. Later waits do not suspend.
    /// Setting it again does nothing.
    void set() noexcept;

    [[nodiscard]] bool is_set() const noexcept { return is_set_; }

    /// Waits until the event is set.
    ///
    /// Stop: leaves the queue; nothing is lost.
    [[nodiscard]] wait_leaf wait() noexcept;

private:
    intrusive_list<wait_leaf> waiters_;
    bool is_set_ = false;
};

template <>
inline constexpr bool enable_shareable<event> = false;

/// The leaf behind `event::wait()`.
class event::wait_leaf : public leaf_of<wait_leaf>, public intrusive_list_node {
public:
    static constexpr const char* what = "event";

    explicit wait_leaf(event& awaited) noexcept : event_(awaited) {}
    wait_leaf(wait_leaf&& other) noexcept : event_(other.event_) {
        COIL_EXPECTS(!other.parent());
    }
    void await_resume() const noexcept {}

private:
    friend event;
    friend leaf_of<wait_leaf>;
    [[nodiscard]] bool try_now() const noexcept { return event_.is_set_; }
    void start() noexcept { event_.waiters_.push_back(*this); }
    stop_answer on_stop() noexcept {
        leave_list();
        return stop_answer::ended;
    }

    event& event_;
};

inline event::wait_leaf event::wait() noexcept {
    return wait_leaf(*this);
}

inline void event::set() noexcept {
    is_set_ = true;
    while (wait_leaf* next = waiters_.pop_front()) next->complete();
}

}  // namespace coil
