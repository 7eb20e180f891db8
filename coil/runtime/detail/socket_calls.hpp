// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/runtime/io_driver.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

// What drivers ask the system for, however they wait. Included by .cpp files only.
namespace coil::detail {

inline bool must_wait(std::int64_t result) noexcept {
    return result == -EAGAIN || result == -EWOULDBLOCK;
}

/// Several buffers as the system names them.
class described {
public:
    template <class Span>
    explicit described(std::span<const Span> buffers) noexcept {
        for (std::size_t i = 0; i < buffers.size(); ++i) {
            void* const begin = const_cast<std::byte*>(buffers[i].data());
            entries_[i] = {.iov_base = begin, .iov_len = buffers[i].size()};
        }
        message_.msg_iov = entries_;
        message_.msg_iovlen = buffers.size();
    }
    described(const described&) = delete;
    described& operator=(const described&) = delete;
    [[nodiscard]] msghdr* get() noexcept { return &message_; }

private:
    iovec entries_[io_operation::buffer_count_max];
    msghdr message_ = {};
};

template <class Call>
std::int64_t uninterrupted(const Call& call) noexcept {
    for (;;) {
        const ssize_t count = call();
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

/// What a socket gives (`read`, `read_vectored`; `wait_readable`, which takes nothing)
/// without waiting: a count, or an error number, negated.
[[nodiscard]] inline std::int64_t receive_now(int descriptor,
                                              const io_operation& asked) noexcept {
    using asks = io_operation::kind;
    if (asked.asked == asks::read_vectored) {
        described into(asked.read_buffers());
        return uninterrupted(
            [&] { return ::recvmsg(descriptor, into.get(), MSG_DONTWAIT); });
    }
    if (asked.asked == asks::wait_readable) {
        char first = 0;
        return uninterrupted(
            [&] { return ::recv(descriptor, &first, 1, MSG_DONTWAIT | MSG_PEEK); });
    }
    return uninterrupted(
        [&] { return ::recv(descriptor, asked.bytes, asked.size, MSG_DONTWAIT); });
}

/// What it takes (`write`, `write_vectored`) without waiting.
[[nodiscard]] inline std::int64_t send_now(int descriptor,
                                           const io_operation& asked) noexcept {
    constexpr int how = MSG_DONTWAIT | MSG_NOSIGNAL;
    if (asked.asked == io_operation::kind::write_vectored) {
        described from(asked.write_buffers());
        return uninterrupted([&] { return ::sendmsg(descriptor, from.get(), how); });
    }
    return uninterrupted(
        [&] { return ::send(descriptor, asked.bytes, asked.size, how); });
}

/// Whether a descriptor is ready as asked, or has failed, which is for a read or a
/// write to tell. 0 if so, as this takes nothing.
[[nodiscard]] inline std::int64_t poll_now(int descriptor,
                                           const io_operation& asked) noexcept {
    const bool writes = asked.asked == io_operation::kind::poll_writable;
    pollfd looked_at = {.fd = descriptor,
                        .events = static_cast<short>(writes ? POLLOUT : POLLIN),
                        .revents = 0};
    const std::int64_t ready = uninterrupted([&] { return ::poll(&looked_at, 1, 0); });
    return ready > 0 ? 0 : ready < 0 ? ready : -EAGAIN;
}

}  // namespace coil::detail
