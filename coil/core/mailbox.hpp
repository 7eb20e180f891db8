// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace coil {

/// What a mailbox carries. The sender keeps it alive until `deliver` is called.
class remote_message {
public:
    using deliver_function = void(remote_message&) noexcept;
    explicit remote_message(deliver_function* deliver) noexcept : deliver_(deliver) {}
    remote_message(const remote_message&) = delete;
    remote_message& operator=(const remote_message&) = delete;

private:
    friend class mailbox;
    remote_message* next_ = nullptr;
    deliver_function* deliver_;
};

/// The one way into a runtime from other threads, signal handlers and interrupts.
///
/// One atomic word is the list of messages and the sleep state, so a sender that did
/// not find the runtime asleep touches nothing after its message is visible.
///
/// Threads: `post` from any thread or signal handler; the rest from the owner's.
class mailbox {
public:
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;

    /// Hands over `message`; wakes the owner if it sleeps.
    void post(remote_message& message) noexcept;

    /// Delivers everything posted so far, oldest first. Returns whether there was any.
    bool drain() noexcept;

    /// Announces that the owner is about to sleep. False: a message came first, do not.
    [[nodiscard]] bool try_sleep() noexcept;
    /// The owner is awake again. False: a message came meanwhile, so its sender calls
    /// `notify`, if it has not done so yet; until then the mailbox must stay.
    [[nodiscard]] bool wake_up() noexcept;

protected:
    mailbox() = default;
    ~mailbox() = default;

private:
    /// Ends the owner's sleep; must be callable from any thread and signal handler.
    virtual void notify() noexcept = 0;
    static remote_message* asleep() noexcept;

    // Newest first, or `asleep()`. Atomic: only mailbox.cpp touches it, by an
    // atomic_ref, since <atomic> alone takes longer to compile than the rest of the
    // core.
    remote_message* word_ = nullptr;
};

}  // namespace coil
