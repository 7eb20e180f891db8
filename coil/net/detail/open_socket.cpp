// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/detail/open_socket.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace coil::net::detail {

io_handle open_socket(int family) {
    io_driver& driver = current_io_driver();
    const int blocking = driver.takes_blocking_sockets() ? 0 : SOCK_NONBLOCK;
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | blocking, 0);
    if (descriptor < 0) throw_system_error(errno, "socket");
    return {driver, descriptor};
}

}  // namespace coil::net::detail
