// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/inbox.hpp>

namespace coil {

/// The one way into a runtime from other threads, signal handlers and interrupts: an
/// inbox whose owner sleeps.
///
/// Threads: `post` from any thread or signal handler; the rest from the owner's.
class mailbox {
public:
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;

    /// Hands over `message`; wakes the owner if it sleeps.
    void post(remote_message& message) noexcept;

    /// Delivers everything posted so far, oldest first. Returns whether there was any.
    bool drain() noexcept { return messages_.drain().had_messages; }

    /// Announces that the owner is about to sleep. False: a message came first, do not.
    [[nodiscard]] bool try_sleep() noexcept { return messages_.try_rest(); }
    /// The owner is awake again. False: a message came meanwhile, so its sender calls
    /// `notify`, if it has not done so yet; until then the mailbox must stay.
    [[nodiscard]] bool wake_up() noexcept { return messages_.wake_up(); }

protected:
    mailbox() = default;
    ~mailbox() = default;

private:
    /// Ends the owner's sleep; must be callable from any thread and signal handler.
    virtual void notify() noexcept = 0;

    inbox messages_;
};

}  // namespace coil
