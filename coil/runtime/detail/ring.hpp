// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/time/clock.hpp>

#include <liburing.h>

#include <cstdint>

namespace coil::detail {

/// One io_uring: entries for the system, and completions from it. Included by .cpp
/// files only.
///
/// What is asked for goes to the system in one batch, with the next wait. Completions
/// are made when it is entered, on its own thread, and at no other time.
///
/// Threads: one, which is the first that enters it; the program ends with a text if
/// another one does. Any may make it, reap, and destroy it.
class ring {
public:
    static constexpr unsigned entries = 256;
    static constexpr unsigned completions = 4096;

    ring() = default;
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring();
    /// Before anything else. Returns: an error number if the system has none, or not
    /// all that this asks for.
    [[nodiscard]] int set_up() noexcept;

    [[nodiscard]] io_uring& raw() noexcept { return ring_; }

    /// Whether this thread may enter it.
    [[nodiscard]] bool is_own_thread() const noexcept;

    /// A blank entry, or null: then completions must be reaped first.
    [[nodiscard]] io_uring_sqe* try_entry() noexcept;

    /// Hands over what was asked for, and gathers what has come.
    void poll() noexcept;
    /// The same, and waits for a completion, a signal, or until `pause` has passed.
    void wait(clock::duration pause) noexcept;
    void wait() noexcept;
    /// As `wait()`. Returns: false if this process may not enter it (a forked child).
    [[nodiscard]] bool try_wait() noexcept;

    /// Takes the next completion, if there is one.
    [[nodiscard]] bool reap(io_uring_cqe& into) noexcept {
        io_uring_cqe* next = nullptr;
        if (io_uring_cq_ready(&ring_) == 0) return false;
        if (io_uring_peek_cqe(&ring_, &next) != 0) return false;
        into = *next;
        io_uring_cq_advance(&ring_, 1);
        return true;
    }

private:
    [[nodiscard]] bool has_work_to_gather() const noexcept;
    [[nodiscard]] bool is_enabled() const noexcept { return owner_ != 0; }
    void enable() noexcept;

    io_uring ring_ = {};
    bool is_set_up_ = false;
    std::uint64_t owner_ = 0;  // the thread that entered first; 0: none has
};

}  // namespace coil::detail
