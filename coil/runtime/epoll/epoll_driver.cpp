// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/runtime/epoll/epoll_driver.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <memory>
#include <utility>

namespace coil {

namespace {

using direction_bits = std::uint8_t;
constexpr direction_bits reading = 1;
constexpr direction_bits writing = 2;
constexpr direction_bits closing = 4;
constexpr direction_bits leaving = 8;

direction_bits direction_of(const io_operation& asked) noexcept {
    switch (asked.asked) {
        case io_operation::kind::read:
        case io_operation::kind::accept:
        case io_operation::kind::wait_readable: return reading;
        case io_operation::kind::write:
        case io_operation::kind::connect: return writing;
        case io_operation::kind::wait_closed: return closing;
        case io_operation::kind::wait_gone: return leaving;
    }
    return 0;
}

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

std::int64_t perform(int descriptor, io_operation& asked) noexcept {
    for (;;) {
        std::int64_t result = 0;
        switch (asked.asked) {
            case io_operation::kind::read:
                result = ::recv(descriptor, asked.bytes, asked.size, 0);
                break;
            case io_operation::kind::write:
                result = ::send(descriptor, asked.bytes, asked.size, MSG_NOSIGNAL);
                break;
            case io_operation::kind::accept:
                result = ::accept4(descriptor, nullptr, nullptr,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
                break;
            case io_operation::kind::wait_readable: {
                char first = 0;
                result = ::recv(descriptor, &first, 1, MSG_PEEK);
                break;
            }
            case io_operation::kind::connect: return connect_socket(descriptor, asked);
            case io_operation::kind::wait_closed:
            case io_operation::kind::wait_gone: return 0;  // an edge has told so
        }
        if (result >= 0) return result;
        if (errno != EINTR) return -errno;
    }
}

// What a socket has besides where several threads use it.
template <flavour F>
struct shared_part {
    mutable spin_lock lock;   // guards the socket, held for a few instructions
    std::uint32_t edges = 0;  // told so far
    basic_epoll_driver<F>* registered_with = nullptr;
    shared_part* next_buried = nullptr;
};
template <>
struct shared_part<flavour::local> {
    mutable no_lock lock;
    static constexpr std::uint32_t edges = 0;
};

}  // namespace

template <flavour F>
class basic_epoll_driver<F>::socket final : public io_source, public shared_part<F> {
public:
    explicit socket(int descriptor) noexcept : io_source(descriptor) {}

    [[nodiscard]] io_operation*& waiting(direction_bits direction) noexcept {
        if ((direction & (closing | leaving)) != 0) return watcher;
        return direction == reading ? reader : writer;
    }
    void forget(io_operation& asked) noexcept {
        io_operation*& place = waiting(direction_of(asked));
        if (place == &asked) place = nullptr;
        asked.is_told = false;
    }
    void can(direction_bits directions) noexcept {
        if constexpr (is_shared) ++this->edges;
        ready |= directions;
        if ((directions & reading) != 0) io_operation::tell(reader, !is_shared);
        if ((directions & writing) != 0) io_operation::tell(writer, !is_shared);
        if (watcher != nullptr && (directions & direction_of(*watcher)) != 0) {
            io_operation::tell(watcher, !is_shared);
        }
    }
    /// The system said that `direction` would have to wait, or is about to. Unless it
    /// has said otherwise since there were so many edges.
    void cannot(direction_bits direction, std::uint32_t edges) noexcept {
        if (edges != this->edges) return;
        ready = static_cast<direction_bits>(ready & (~direction | final_));
    }
    /// The peer has closed `directions`: there will be no further edge.
    void close_for_good(direction_bits directions) noexcept { final_ |= directions; }
    /// There has been urgent data, and a read ends before its mark.
    void has_urgent_data() noexcept { has_marks_ = true; }
    /// A short read took all there was; more of it will be a new edge.
    void was_read_short(std::uint32_t edges) noexcept {
        if (is_registered && !has_marks_) cannot(reading, edges);
    }

    io_operation* reader = nullptr;
    io_operation* writer = nullptr;
    io_operation* watcher = nullptr;           // of the peer's end, or of its going
    direction_bits ready = reading | writing;  // worth a try
    bool is_registered = false;

private:
    direction_bits final_ = 0;
    bool has_marks_ = false;
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
    free_buried();
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
    free_buried();
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
            continue;
        }
        const holding held(source->lock);
        const std::uint32_t seen = events[i].events;
        direction_bits directions = 0;
        if ((seen & (EPOLLIN | EPOLLPRI | EPOLLRDHUP)) != 0) directions |= reading;
        if ((seen & EPOLLOUT) != 0) directions |= writing;
        if ((seen & (EPOLLHUP | EPOLLERR)) != 0) {
            directions = reading | writing | leaving;
        }
        if ((seen & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) directions |= closing;
        if ((seen & EPOLLPRI) != 0) source->has_urgent_data();
        if ((seen & EPOLLRDHUP) != 0) source->close_for_good(reading);
        if ((seen & EPOLLHUP) != 0) source->close_for_good(reading | writing);
        source->can(directions);
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
    if (closed.is_registered) {
        basic_epoll_driver& home = registered_with(closed);
        // Closing alone would not do if a forked process still holds the socket.
        ::epoll_ctl(home.poll_, EPOLL_CTL_DEL, descriptor, nullptr);
        home.bury(closed);
    } else {
        delete &closed;
    }
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

// Its own thread may be about to look at what it was told of the socket.
template <flavour F>
void basic_epoll_driver<F>::bury(socket& closed) noexcept {
    if constexpr (is_shared) {
        const holding held(lock_);
        closed.next_buried = std::exchange(buried_, &closed);
    } else {
        delete &closed;
    }
}

template <flavour F>
void basic_epoll_driver<F>::free_buried() noexcept {
    if constexpr (is_shared) {
        socket* next = nullptr;
        {
            const holding held(lock_);
            next = std::exchange(buried_, nullptr);
        }
        while (next != nullptr) {
            const std::unique_ptr<socket> freed(next);
            next = static_cast<socket*>(freed->next_buried);
        }
    }
}

template <flavour F>
bool basic_epoll_driver<F>::is_awaited(const io_source& source) const noexcept {
    const auto& asked = static_cast<const socket&>(source);
    const holding held(asked.lock);
    return asked.reader != nullptr || asked.writer != nullptr ||
           asked.watcher != nullptr;
}

template <flavour F>
bool basic_epoll_driver<F>::try_now(io_operation& asked) noexcept {
    auto& source = *static_cast<socket*>(asked.source);
    const direction_bits direction = direction_of(asked);
    std::uint32_t edges = 0;
    {
        const holding held(source.lock);
        // An edge has told of something to read since this operation began to wait.
        const bool is_known_readable =
            asked.is_told && asked.asked == io_operation::kind::wait_readable;
        source.forget(asked);
        if ((source.ready & direction) == 0) return false;
        if (is_known_readable) return true;
        edges = source.edges;
    }
    asked.result = perform(source.descriptor(), asked);
    if (asked.result == -EAGAIN || asked.result == -EWOULDBLOCK) {
        const holding held(source.lock);
        if (source.is_registered) source.cannot(direction, edges);  // else none tells
        return false;
    }
    if (asked.asked == io_operation::kind::read && asked.result > 0 &&
        static_cast<std::size_t>(asked.result) < asked.size) {
        const holding held(source.lock);
        source.was_read_short(edges);
    }
    return true;
}

template <flavour F>
bool basic_epoll_driver<F>::start(io_operation& asked) noexcept {
    auto& source = *static_cast<socket*>(asked.source);
    const direction_bits direction = direction_of(asked);
    int error = 0;
    {
        const holding held(source.lock);
        if (is_shared && source.is_registered && (source.ready & direction) != 0 &&
            !COIL_PLANTED(edges_pass_unseen))
            return false;
        io_operation*& place = source.waiting(direction);
        COIL_EXPECTS(place == nullptr &&
                     "one operation waits in each direction at a time");
        if (!source.is_registered) error = register_source(source);
        if (error == 0) place = &asked;
    }
    if (error != 0) {
        asked.result = -error;
        asked.finished();
    }
    return true;
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
    source.is_registered = true;
    return 0;
}

template <flavour F>
stop_answer basic_epoll_driver<F>::stop(io_operation& asked) noexcept {
    auto& source = *static_cast<socket*>(asked.source);
    const holding held(source.lock);
    if (asked.is_coming) return stop_answer::later;
    source.forget(asked);
    return stop_answer::ended;
}

template class basic_epoll_driver<flavour::local>;
template class basic_epoll_driver<flavour::movable>;

}  // namespace coil
