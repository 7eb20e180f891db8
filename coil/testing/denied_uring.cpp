// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/runtime/uring/uring_driver.hpp>
#include <coil/testing/denied_uring.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>

namespace coil::testing {

namespace {

void deny(std::uint32_t call, int error) noexcept {
    const auto refusal =
        SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, refusal),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog filter = {.len = sizeof(program) / sizeof(program[0]),
                         .filter = program};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        fatal("deny_uring: this machine has no seccomp filters");
    }
}

}  // namespace

void deny_uring(int error) noexcept {
    deny(__NR_io_uring_setup, error);
}

void deny_uring_enter(int error) noexcept {
    deny(__NR_io_uring_enter, error);
}

bool is_uring_allowed() noexcept {
    uring_refusal why;
    return try_make_uring_driver(why) != nullptr;
}

}  // namespace coil::testing
