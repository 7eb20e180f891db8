// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/base/attributes.hpp>
#include <coil/base/reached.hpp>
#include <coil/runtime/detail/ring.hpp>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace coil::detail {

namespace {

bool will_pass(int error) noexcept {
    return error == EINTR || error == ETIME || error == EAGAIN || error == EBUSY;
}

[[noreturn]] void refuse_thread() noexcept {
    fatal("a runtime on io_uring runs on the thread that ran it first; ",
          "COIL_IO=epoll has no such limit");
}

void check(int result) noexcept {
    if (result >= 0 || will_pass(-result)) return;
    if (result == -EEXIST) refuse_thread();
    fatal("io_uring_enter: ", std::strerror(-result));
}

/// A number that no other thread of this process has or had, as its address may be.
std::uint64_t this_thread() noexcept {
    static constinit std::atomic<std::uint64_t> given = 0;
    static thread_local constinit std::uint64_t mine = 0;
    if (mine == 0) {
        // order: only the number itself counts, so it needs no partner.
        mine = given.fetch_add(1, std::memory_order_relaxed) + 1;
    }
    return mine;
}

}  // namespace

// Completions are made on our thread, when it enters (DEFER_TASKRUN): it is interrupted
// by none, and a batch costs one entry. The thread is the first that enters (R_DISABLED
// until then). A flag tells whether entering would gather anything (TASKRUN_FLAG).
int ring::set_up() noexcept {
    io_uring_params asked = {};
    asked.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                  IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_R_DISABLED |
                  IORING_SETUP_CQSIZE;
    asked.cq_entries = completions;
    const int error = io_uring_queue_init_params(entries, &ring_, &asked);
    is_set_up_ = error == 0;
    if (!is_set_up_) return -error;
    // Not enabled, it answers EBADFD to whoever may enter.
    const long entered =
        ::syscall(__NR_io_uring_enter, ring_.ring_fd, 0, 0, 0, nullptr, 0);
    return entered < 0 && errno != EBADFD ? errno : 0;
}

ring::~ring() {
    if (is_set_up_) io_uring_queue_exit(&ring_);
}

bool ring::is_own_thread() const noexcept {
    return !is_enabled() || owner_ == this_thread();
}

// The ring's descriptor is not registered: the index that this gives belongs to the
// thread, and whoever destroys the ring need not be the one that ran it.
void ring::enable() noexcept {
    if (is_enabled()) {
        if (!is_own_thread()) refuse_thread();
        return;
    }
    owner_ = this_thread();
    // liburing 2.3 forgot to export io_uring_enable_rings.
    const long result = ::syscall(__NR_io_uring_register, ring_.ring_fd,
                                  IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
    check(result == 0 ? 0 : -errno);
}

io_uring_sqe* ring::try_entry() noexcept {
    io_uring_sqe* blank = io_uring_get_sqe(&ring_);
    if (blank == nullptr) {
        COIL_REACHED("ring: no entry was free");
        enable();
        check(io_uring_submit(&ring_));
        blank = io_uring_get_sqe(&ring_);
    }
    return blank;
}

bool ring::has_work_to_gather() const noexcept {
    const unsigned flags = IO_URING_READ_ONCE(*ring_.sq.kflags);
    return (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
}

void ring::poll() noexcept {
    enable();
    if (io_uring_sq_ready(&ring_) == 0 && !has_work_to_gather()) return;
    check(io_uring_submit_and_get_events(&ring_));
}

namespace {
// ThreadSanitizer holds signals back until a call that it knows, and it does not know
// io_uring_enter: a thread that waits there would never hear of them. So under it the
// ring is looked at every millisecond.
constexpr bool hides_signals = COIL_THREAD_SANITIZED != 0;
}  // namespace

void ring::wait(clock::duration pause) noexcept {
    enable();
    constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
    __kernel_timespec limit = {.tv_sec = pause.count() / nanoseconds_per_second,
                               .tv_nsec = pause.count() % nanoseconds_per_second};
    if (hides_signals && pause > std::chrono::milliseconds(1)) return wait();
    io_uring_cqe* first = nullptr;
    check(io_uring_submit_and_wait_timeout(&ring_, &first, 1, &limit, nullptr));
}

void ring::wait() noexcept {
    if constexpr (hides_signals) {
        poll();
        const timespec limit = {.tv_sec = 0, .tv_nsec = 1'000'000};
        if (io_uring_cq_ready(&ring_) == 0) ::ppoll(nullptr, 0, &limit, nullptr);
        return check(io_uring_submit_and_get_events(&ring_));
    }
    enable();
    check(io_uring_submit_and_wait(&ring_, 1));
}

bool ring::try_wait() noexcept {
    enable();
    const int result = io_uring_submit_and_wait(&ring_, 1);
    return result >= 0 || will_pass(-result);
}

}  // namespace coil::detail
