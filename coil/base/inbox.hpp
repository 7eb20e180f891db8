// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/atomic.hpp>

#include <cstdint>

namespace coil {

/// What one thread tells another's strand or runtime. The sender keeps it alive until
/// `deliver` is called.
class remote_message {
public:
    using deliver_function = void(remote_message&) noexcept;
    explicit remote_message(deliver_function* deliver) noexcept : deliver_(deliver) {}
    remote_message(const remote_message&) = delete;
    remote_message& operator=(const remote_message&) = delete;

private:
    friend class inbox;
    remote_message* next_ = nullptr;
    deliver_function* deliver_;
};

/// One that calls a member of its owner.
template <class Owner, void (Owner::*Arrived)() noexcept>
class message_to : public remote_message {
public:
    explicit message_to(Owner& owner) noexcept
        : remote_message(delivered),
          owner_(owner) {}

private:
    static void delivered(remote_message& news) noexcept {
        (static_cast<message_to&>(news).owner_.*Arrived)();
    }
    Owner& owner_;
};

/// Messages from other threads, and whether the owner rests: one atomic word, so a
/// sender that did not find the owner resting touches nothing after its message is
/// visible. Whoever did sees to it that the owner looks.
///
/// Threads: `push` and `ask_to_stop` from any thread or signal handler; the rest from
/// the owner's.
class inbox {
public:
    inbox() = default;
    inbox(const inbox&) = delete;
    inbox& operator=(const inbox&) = delete;

    /// Adds a message. Returns whether the owner rested; from then on it does not.
    [[nodiscard]] bool push(remote_message& message) noexcept;
    /// Ends the owner's rest without a message: whoever did hands the owner what there
    /// is to say, and on, before anybody else has it. False: it does not rest.
    [[nodiscard]] bool take_up() noexcept;
    /// Leaves a mark that needs no message. Returns as `push` does.
    [[nodiscard]] bool ask_to_stop() noexcept;

    /// What `drain` found.
    struct news {
        bool had_messages = false;
        bool was_asked_to_stop = false;
    };
    /// Delivers everything pushed so far, oldest first.
    news drain() noexcept;
    /// Delivers one that whoever took the owner up has handed to it.
    static void deliver(remote_message& handed) noexcept { handed.deliver_(handed); }

    /// The owner is about to rest. False: there is something to drain first.
    [[nodiscard]] bool try_rest() noexcept;
    /// The owner rests no more. False: it had been found resting before.
    [[nodiscard]] bool wake_up() noexcept;

private:
    // The newest message; in its low bits the marks below.
    static constexpr std::uintptr_t resting = 1;  // then nothing else is there
    static constexpr std::uintptr_t asked_to_stop = 2;
    static constexpr std::uintptr_t marks = resting | asked_to_stop;
    atomic<std::uintptr_t> word_;
};

}  // namespace coil
