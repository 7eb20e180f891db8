// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// run_with_io epoll|denied <program> <argument>...: runs a test program with COIL_IO
// so set, or with nothing set and io_uring_setup failing as it does in containers.
#include <coil/testing/denied_uring.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {
constexpr int misused = 2;
}  // namespace

int main(int count, char** arguments) {
    const std::string_view how = count > 2 ? arguments[1] : "";
    if (how == "epoll") {
        ::setenv("COIL_IO", arguments[1], 1);
    } else if (how == "denied") {
        ::unsetenv("COIL_IO");
        coil::testing::deny_uring(EPERM);
    } else {
        std::fprintf(stderr, "usage: %s epoll|denied program...\n", arguments[0]);
        return misused;
    }
    ::execv(arguments[2], arguments + 2);
    std::perror(arguments[2]);
    return misused;
}
