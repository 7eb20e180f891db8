// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>

#include <utility>

namespace coil {

/// A wake-up that other threads, signal handlers and interrupts may send to one strand.
///
/// `set` says "look again"; several before the strand looks count as one. What it says
/// something about lies elsewhere (a flag, a queue of yours).
///
/// \snippet coil/sync/remote_event_test.cpp  a thread wakes a strand
///
/// It is for runtimes of one thread; on others, and where no signal handler or
/// interrupt sets it, use `event`, or a `channel`.
///
/// Threads: `set` from any thread or signal handler, while the object and its runtime
/// live; `wait` from one strand at a time.
/// Memory: what precedes `set()` is visible after the `wait()` that it completes.
class remote_event {
public:
    class wait_leaf;

    /// Requires: called from a strand of `runtime`, or before it runs.
    explicit remote_event(executor& runtime) noexcept : mailbox_(runtime.remote()) {
        COIL_EXPECTS(!runtime.is_parallel() && "its runtime has one thread: use event");
    }
    remote_event(const remote_event&) = delete;
    remote_event& operator=(const remote_event&) = delete;
    /// Requires: nobody waits, and every `set()` has returned.
    ~remote_event();

    void set() noexcept;

    /// Waits for a `set` since the last wait.
    ///
    /// Stop: ends at once; a `set` that came is kept for the next wait.
    [[nodiscard]] wait_leaf wait() noexcept;

private:
    void arrived() noexcept;

    mailbox& mailbox_;
    message_to<remote_event, &remote_event::arrived> message_{*this};
    bool is_posted_ = false;  // the message is on its way; atomic, in the .cpp
    bool is_set_ = false;     // of the runtime's thread
    wait_leaf* waiter_ = nullptr;
};

/// The leaf behind `remote_event::wait()`.
class remote_event::wait_leaf : public leaf_of<wait_leaf> {
public:
    static constexpr const char* what = "remote_event";

    explicit wait_leaf(remote_event& awaited) noexcept : event_(awaited) {}
    wait_leaf(wait_leaf&& other) noexcept : event_(other.event_) {
        COIL_EXPECTS(!other.parent());
    }
    void await_resume() const noexcept {}

private:
    friend remote_event;
    friend leaf_of<wait_leaf>;
    [[nodiscard]] bool try_now() noexcept {
        return std::exchange(event_.is_set_, false);
    }
    void start() noexcept {
        COIL_EXPECTS(event_.waiter_ == nullptr && "one strand at a time may wait");
        event_.waiter_ = this;
    }
    stop_answer on_stop() noexcept {
        event_.waiter_ = nullptr;
        return stop_answer::ended;
    }

    remote_event& event_;
};

inline remote_event::wait_leaf remote_event::wait() noexcept {
    return wait_leaf(*this);
}

}  // namespace coil
