// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/io_driver.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace coil::detail {

// Calls that do not wait: each gives its result, or an error number, negated. Included
// by .cpp files only.

inline std::int64_t result_of(ssize_t done) noexcept {
    return done >= 0 ? done : -errno;
}
inline bool must_wait(std::int64_t result) noexcept {
    return result == -EAGAIN || result == -EWOULDBLOCK;
}

inline std::int64_t send_now(int descriptor, const io_operation& asked) noexcept {
    return result_of(
        ::send(descriptor, asked.bytes, asked.size, MSG_DONTWAIT | MSG_NOSIGNAL));
}
inline std::int64_t receive_now(int descriptor, const io_operation& asked) noexcept {
    if (asked.asked == io_operation::kind::read) {
        return result_of(::recv(descriptor, asked.bytes, asked.size, MSG_DONTWAIT));
    }
    char first = 0;
    return result_of(::recv(descriptor, &first, 1, MSG_DONTWAIT | MSG_PEEK));
}

/// Whether a descriptor is ready as asked, or has failed, which is for a read or a
/// write to tell. 0 if so, as this takes nothing.
inline std::int64_t poll_now(int descriptor, const io_operation& asked) noexcept {
    const bool writes = asked.asked == io_operation::kind::poll_writable;
    pollfd looked_at = {.fd = descriptor,
                        .events = static_cast<short>(writes ? POLLOUT : POLLIN),
                        .revents = 0};
    const int ready = ::poll(&looked_at, 1, 0);
    if (ready < 0) return -errno;
    return ready > 0 ? 0 : -EAGAIN;
}

}  // namespace coil::detail
