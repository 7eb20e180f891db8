// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/detail/alarm.hpp>
#include <coil/runtime/io_driver.hpp>

namespace coil {

/// Waits for sockets with Linux's epoll.
///
/// A socket is tried first and registered once, edge-triggered, when it first has to
/// wait; after that an operation costs no call but its own. What an edge told is kept
/// with the socket, so that nothing is tried in vain.
///
/// Threads: its runtime's, but for `wake()`.
/// Allocates: one block of 40 bytes per open socket, from `allocate_frame`.
class epoll_driver : public io_driver {
public:
    /// Throws: `std::system_error`.
    epoll_driver();
    ~epoll_driver() override;

    [[nodiscard]] const char* name() const noexcept override { return "epoll"; }
    [[nodiscard]] instant now() noexcept override;
    bool wait(instant deadline) noexcept override;
    void wake() noexcept override;

    [[nodiscard]] io_source& open(int descriptor) override;
    void close(io_source& source) noexcept override;
    [[nodiscard]] bool is_awaited(const io_source& source) const noexcept override;

    [[nodiscard]] bool try_now(io_operation& asked) noexcept override;
    void start(io_operation& asked) noexcept override;
    [[nodiscard]] stop_answer stop(io_operation& asked) noexcept override;

private:
    class socket;
    void register_source(socket& source) noexcept;

    int poll_;                     // the epoll instance
    detail::alarm alarm_;          // never heard: each ring is an edge of its own
    bool has_nanoseconds_ = true;  // epoll_pwait2 is there
};

}  // namespace coil
