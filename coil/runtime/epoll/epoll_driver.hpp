// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/detail/alarm.hpp>
#include <coil/runtime/detail/readiness.hpp>
#include <coil/runtime/io_driver.hpp>

namespace coil {

/// Waits for sockets with Linux's epoll.
///
/// A socket is tried first and registered once, edge-triggered, when it first has to
/// wait; after that an operation costs no call but its own. What an edge told is kept
/// with the socket, so that nothing is tried in vain.
///
/// A `shared_epoll_driver` is one of several, one for each thread of a runtime, that
/// have the same sockets. Any of their strands' threads reads and writes; a socket is
/// registered where a strand first waits for it, and that thread tells of it.
///
/// Threads: its runtime's, but for `wake()`.
/// Allocates: one block of 40 bytes per open socket (64 if shared), from
/// `allocate_frame`.
template <flavour F>
class basic_epoll_driver : public io_driver {
public:
    /// Throws: `std::system_error`.
    basic_epoll_driver();
    /// One of those that share their sockets.
    explicit basic_epoll_driver(const void* family)
        requires(F == flavour::movable)
        : basic_epoll_driver() {
        family_ = family;
    }
    ~basic_epoll_driver() override;

    [[nodiscard]] const char* name() const noexcept override { return "epoll"; }
    [[nodiscard]] const void* family() const noexcept override { return family_; }
    [[nodiscard]] instant now() noexcept override;
    bool wait(instant deadline) noexcept override;
    void wake() noexcept override;

    [[nodiscard]] io_source& open(int descriptor) override;
    void close(io_source& source) noexcept override;
    [[nodiscard]] bool is_awaited(const io_source& source) const noexcept override;

    [[nodiscard]] bool try_now(io_operation& asked) noexcept override;
    [[nodiscard]] bool start(io_operation& asked) noexcept override;
    [[nodiscard]] stop_answer stop(io_operation& asked) noexcept override;

private:
    static constexpr bool is_shared = F == flavour::movable;
    class socket;
    [[nodiscard]] basic_epoll_driver& registered_with(const socket& source) noexcept;
    [[nodiscard]] int register_source(socket& source) noexcept;

    int poll_;                     // the epoll instance
    detail::alarm alarm_;          // never heard: each ring is an edge of its own
    bool has_nanoseconds_ = true;  // epoll_pwait2 is there
    detail::burial_ground<socket> buried_;  // where they are shared
    const void* family_ = this;
    std::size_t open_ = 0;                   // sockets
    [[no_unique_address]] lock_of<F> lock_;  // guards that
};

using epoll_driver = basic_epoll_driver<flavour::local>;
using shared_epoll_driver = basic_epoll_driver<flavour::movable>;

}  // namespace coil
