// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/runtime/detail/socket_calls.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>

namespace coil {

namespace {

// Begins on the first call; on the next one the system knows how it went.
std::int64_t connect_socket(int descriptor, io_operation& asked) noexcept {
    if (!asked.has_begun) {
        asked.has_begun = true;
        const auto* address = static_cast<const sockaddr*>(asked.bytes);
        if (::connect(descriptor, address, static_cast<socklen_t>(asked.size)) == 0) {
            return 0;
        }
        if (errno == EINPROGRESS || errno == EINTR) return -EAGAIN;
        return errno == EAGAIN ? -EADDRNOTAVAIL : -errno;
    }
    int error = 0;
    socklen_t size = sizeof(error);
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    return -error;
}

std::int64_t accept_socket(int listener) noexcept {
    for (;;) {
        const int made =
            ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (made >= 0) return made;
        if (errno != EINTR) return -errno;
    }
}

std::int64_t perform(int descriptor, io_operation& asked) noexcept {
    switch (asked.asked) {
        case io_operation::kind::read:
        case io_operation::kind::read_vectored:
        case io_operation::kind::wait_readable:
            return detail::receive_now(descriptor, asked);
        case io_operation::kind::write:
        case io_operation::kind::write_vectored:
            return detail::send_now(descriptor, asked);
        case io_operation::kind::accept: return accept_socket(descriptor);
        case io_operation::kind::connect: return connect_socket(descriptor, asked);
        case io_operation::kind::poll_readable:
        case io_operation::kind::poll_writable:
            return detail::poll_now(descriptor, asked);
        case io_operation::kind::wait_closed:
        case io_operation::kind::wait_gone: break;  // an edge has told so
    }
    return 0;
}

detail::edge edge_of(std::uint32_t seen) noexcept {
    using to = detail::directions;
    detail::edge news;
    if ((seen & (EPOLLIN | EPOLLPRI | EPOLLRDHUP)) != 0) news.ready |= to::reading;
    if ((seen & EPOLLOUT) != 0) news.ready |= to::writing;
    if ((seen & (EPOLLHUP | EPOLLERR)) != 0)
        news.ready = to::reading | to::writing | to::leaving;
    if ((seen & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) news.ready |= to::closing;
    if ((seen & EPOLLRDHUP) != 0) news.last |= to::reading;
    if ((seen & EPOLLHUP) != 0) news.last |= to::reading | to::writing;
    news.has_urgent_data = (seen & EPOLLPRI) != 0;
    return news;
}

// What a socket has besides where several threads use it.
template <flavour F, class Socket>
struct shared_part {
    basic_epoll_driver<F>* registered_with = nullptr;
    Socket* next_buried = nullptr;
};
template <class Socket>
struct shared_part<flavour::local, Socket> {};

}  // namespace

template <flavour F>
class basic_epoll_driver<F>::socket final : public io_source,
                                            public detail::readiness<F>,
                                            public shared_part<F, socket> {
public:
    explicit socket(int descriptor) noexcept : io_source(descriptor) {}
};

template <flavour F>
basic_epoll_driver<F>::basic_epoll_driver() : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (poll_ < 0) throw_system_error(errno, "epoll_create1");
    int error = alarm_.open();
    epoll_event rung = {.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
    if (error == 0 &&
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, alarm_.descriptor(), &rung) != 0) {
        error = errno;
    }
    if (error == 0) return;
    ::close(poll_);
    throw_system_error(error, "eventfd");
}

template <flavour F>
basic_epoll_driver<F>::~basic_epoll_driver() {
    if constexpr (is_shared) buried_.free_all();
    expect_all_closed(open_);
    ::close(poll_);
}

template <flavour F>
instant basic_epoll_driver<F>::now() noexcept {
    return instant(std::chrono::steady_clock::now().time_since_epoch());
}

template <flavour F>
void basic_epoll_driver<F>::wake() noexcept {
    alarm_.ring();
}

namespace {

// Never early: what is left of a millisecond is waited for as a whole one.
int whole_limit(clock::duration pause) noexcept {
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(pause).count();
    return whole > INT_MAX ? INT_MAX : static_cast<int>(whole);
}

timespec to_timespec(clock::duration pause) noexcept {
    constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
    return {.tv_sec = pause.count() / nanoseconds_per_second,
            .tv_nsec = pause.count() % nanoseconds_per_second};
}

}  // namespace

template <flavour F>
bool basic_epoll_driver<F>::wait(instant deadline) noexcept {
    if constexpr (is_shared) buried_.free_all();
    constexpr int events_per_wait = 128;
    epoll_event events[events_per_wait];
    const bool is_endless = deadline == instant::max();
    clock::duration pause(0);
    if (!is_endless && deadline != instant::min()) {
        pause = deadline - now();
        if (pause.count() < 0) pause = clock::duration(0);
    }
    int count = 0;
    if (is_endless || pause.count() == 0) {
        count = ::epoll_wait(poll_, events, events_per_wait, is_endless ? -1 : 0);
    } else {
        if (has_nanoseconds_) {
            const timespec limit = to_timespec(pause);
            count = ::epoll_pwait2(poll_, events, events_per_wait, &limit, nullptr);
            // Sandboxes refuse calls they do not know by errors of their own.
            has_nanoseconds_ = count >= 0 || errno == EINTR;
        }
        if (!has_nanoseconds_) {
            count = ::epoll_wait(poll_, events, events_per_wait, whole_limit(pause));
        }
    }
    bool is_woken = false;
    for (int i = 0; i < count; ++i) {
        auto* const source = static_cast<socket*>(events[i].data.ptr);
        if (source == nullptr) {
            is_woken = true;
        } else {
            source->told(edge_of(events[i].events));
        }
    }
    return is_woken;
}

template <flavour F>
io_source& basic_epoll_driver<F>::open(int descriptor) {
    static_assert(sizeof(socket) <= (is_shared ? 8 : 5) * sizeof(void*));
    auto& opened = *new socket(descriptor);
    const holding held(lock_);
    ++open_;
    return opened;
}

template <flavour F>
void basic_epoll_driver<F>::close(io_source& source) noexcept {
    auto& closed = static_cast<socket&>(source);
    COIL_EXPECTS(!is_awaited(source) && "nothing waits on a socket that is closed");
    {
        const holding held(lock_);
        --open_;
    }
    const int descriptor = closed.descriptor();
    bool is_buried = false;
    if (closed.was_registered()) {
        basic_epoll_driver& home = registered_with(closed);
        // Closing alone would not do if a forked process still holds the socket.
        ::epoll_ctl(home.poll_, EPOLL_CTL_DEL, descriptor, nullptr);
        is_buried = is_shared;
        if constexpr (is_shared) home.buried_.add(closed);
    }
    if (!is_buried) delete &closed;
    ::close(descriptor);
}

template <flavour F>
basic_epoll_driver<F>& basic_epoll_driver<F>::registered_with(
    const socket& source) noexcept {
    if constexpr (is_shared) {
        return *source.registered_with;
    } else {
        return *this;
    }
}

template <flavour F>
bool basic_epoll_driver<F>::is_awaited(const io_source& source) const noexcept {
    return static_cast<const socket&>(source).is_awaited();
}

template <flavour F>
bool basic_epoll_driver<F>::try_now(io_operation& asked) noexcept {
    auto& source = *static_cast<socket*>(asked.source);
    return source.try_now(asked, [&] { return perform(source.descriptor(), asked); });
}

template <flavour F>
bool basic_epoll_driver<F>::start(io_operation& asked) noexcept {
    auto& source = *static_cast<socket*>(asked.source);
    return source.start(asked, [&] { return register_source(source); });
}

template <flavour F>
int basic_epoll_driver<F>::register_source(socket& source) noexcept {
    basic_epoll_driver* registers = this;
    if constexpr (is_shared) {
        // That of the thread we are on, whichever opened it.
        io_driver& here = current_io_driver();
        if (here.family() != family()) {
            fatal("a socket is awaited on another runtime than the one that made it: ",
                  "await it in a strand of its own, for example by on()");
        }
        registers = static_cast<basic_epoll_driver*>(&here);
        source.registered_with = registers;
    }
    epoll_event interest = {
        .events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET,
        .data = {.ptr = &source}};
    const int descriptor = source.descriptor();
    if (::epoll_ctl(registers->poll_, EPOLL_CTL_ADD, descriptor, &interest) != 0)
        return errno;
    return 0;
}

template <flavour F>
stop_answer basic_epoll_driver<F>::stop(io_operation& asked) noexcept {
    return static_cast<socket*>(asked.source)->stop(asked);
}

template class basic_epoll_driver<flavour::local>;
template class basic_epoll_driver<flavour::movable>;

}  // namespace coil
