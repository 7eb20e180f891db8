// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/alarm.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace coil::detail {

alarm::~alarm() {
    if (is_open()) ::close(descriptor_);
}

int alarm::open() noexcept {
    descriptor_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return is_open() ? 0 : errno;
}

void alarm::ring() noexcept {
    const int error = errno;  // a signal handler may have interrupted anything
    const std::uint64_t one = 1;
    while (::write(descriptor_, &one, sizeof(one)) < 0 && errno == EINTR) {}
    errno = error;
}

bool alarm::hear() noexcept {
    std::uint64_t rings = 0;
    return ::read(descriptor_, &rings, sizeof(rings)) > 0;
}

}  // namespace coil::detail
