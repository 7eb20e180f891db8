// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/descriptor_watch.hpp>

#include <fcntl.h>

#include <cerrno>

namespace coil::net {

namespace {

int duplicate(int descriptor) {
    const int made = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (made < 0) throw_system_error(errno, "a descriptor to watch");
    return made;
}

}  // namespace

descriptor_watch::descriptor_watch(int descriptor)
    : duplicate_(current_io_driver(), duplicate(descriptor)) {}

}  // namespace coil::net
