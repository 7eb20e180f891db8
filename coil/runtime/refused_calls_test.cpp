// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A system that refuses calls: short of threads, or a sandbox that does not know them.
#include <coil/core/join.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/run.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <thread>

using namespace coil;
using namespace std::chrono_literals;

namespace {

/// From now on, this thread's calls of that number fail with `error`.
void refuse_here(unsigned number, unsigned error) {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program = {.len = std::size(rules), .filter = rules};
    REQUIRE(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    REQUIRE(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

template <class F>
void on_a_thread(F act) {
    std::thread(act).join();
}

}  // namespace

TEST_CASE("blocking: without a single thread, jobs run all the same") {
    on_a_thread([] {
        refuse_here(SYS_clone3, EAGAIN);
        refuse_here(SYS_clone, EAGAIN);
        current_thread_runtime runtime;
        const auto jobs = []() -> task<int> {
            const auto one = [] { return 1; };
            auto [a, b, c] = co_await join(blocking(one), blocking(one), blocking(one));
            co_return a + b + c;
        };
        CHECK(runtime.run(jobs()).take() == 3);
        CHECK(runtime.blocking().threads == 0);
        CHECK(runtime.blocking().running == 0);
        CHECK(runtime.blocking().queued == 0);
    });
}

TEST_CASE("epoll: a sandbox that refuses an exact wait is served by another one") {
    for (const unsigned error : {unsigned{ENOSYS}, unsigned{EPERM}}) {
        CAPTURE(error);
        on_a_thread([error] {
            refuse_here(SYS_epoll_pwait2, error);
            const auto naps = []() -> task<bool> {
                co_await coil::sleep(2ms);
                const auto late = [] { return true; };
                co_return co_await blocking(late);
            };
            current_thread_runtime runtime;
            CHECK(runtime.run(naps()).take());
        });
    }
}
