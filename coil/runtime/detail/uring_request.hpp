// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/runtime/detail/provided_buffers.hpp>
#include <coil/runtime/detail/uring_socket.hpp>

#include <liburing.h>
#include <sys/socket.h>

#include <cstdint>
#include <span>

// What io_uring is asked for, in its words. Included by .cpp files only.
namespace coil::detail {

/// What a completion is about; stands in the low bits of a socket's address.
enum class about : std::uintptr_t {
    nothing,
    arrivals,
    lent_write,
    peers_end,
    alarm,
    reading,
    writing,
};
constexpr std::uintptr_t about_bits = 7;

inline void identify(io_uring_sqe& made, uring_socket* source, about what) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(source);
    COIL_ASSERT((address & about_bits) == 0);
    io_uring_sqe_set_data64(&made, address | static_cast<std::uintptr_t>(what));
}

/// What a write that has to wait lends to the system. Of several buffers the first that
/// holds something: there is no room for all of them, and who goes on gathers the rest.
inline std::span<const std::byte> to_lend(const io_operation& asked) noexcept {
    if (asked.asked == io_operation::kind::write)
        return {static_cast<const std::byte*>(asked.bytes), asked.size};
    for (const std::span<const std::byte> bytes : asked.write_buffers()) {
        if (!bytes.empty()) return bytes;
    }
    return {};
}

/// A write or a connect that has to wait.
inline void prepare_loan(io_uring_sqe& made, const uring_socket& source,
                         const io_operation& asked) noexcept {
    if (asked.asked == io_operation::kind::connect) {
        io_uring_prep_connect(&made, source.descriptor(),
                              static_cast<const sockaddr*>(asked.bytes),
                              static_cast<socklen_t>(asked.size));
    } else {
        const std::span<const std::byte> lent = to_lend(asked);
        io_uring_prep_send(&made, source.descriptor(), lent.data(), lent.size(),
                           MSG_NOSIGNAL);
    }
}

/// All connections, or all bytes, until it is cancelled.
inline void prepare_arrivals(io_uring_sqe& made, const uring_socket& source,
                             io_operation::kind what) noexcept {
    if (what == io_operation::kind::accept) {
        io_uring_prep_multishot_accept(&made, source.descriptor(), nullptr, nullptr,
                                       SOCK_CLOEXEC);
    } else {
        io_uring_prep_recv_multishot(&made, source.descriptor(), nullptr, 0, 0);
        made.flags |= IOSQE_BUFFER_SELECT;
        made.buf_group = provided_buffers::group;
    }
}

}  // namespace coil::detail
