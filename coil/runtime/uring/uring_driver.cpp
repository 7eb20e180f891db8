// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/base/reached.hpp>
#include <coil/runtime/detail/alarm.hpp>
#include <coil/runtime/detail/provided_buffers.hpp>
#include <coil/runtime/detail/ring.hpp>
#include <coil/runtime/detail/socket_calls.hpp>
#include <coil/runtime/detail/uring_request.hpp>
#include <coil/runtime/detail/uring_socket.hpp>
#include <coil/runtime/uring/uring_driver.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <new>

namespace coil {

namespace {

using asks = io_operation::kind;
using detail::about;
using detail::about_bits;
using detail::connection_queue;
using detail::identify;
using detail::must_wait;
using detail::uring_socket;

/// Unread pieces and connections that a socket keeps while nobody waits for more.
constexpr std::size_t unread_pieces_max = 2;
constexpr std::size_t unread_connections_max = 8;

class uring_driver final : public io_driver {
public:
    uring_driver() = default;
    ~uring_driver() override;
    /// Before anything else. Returns: what failed; empty if nothing did.
    [[nodiscard]] uring_refusal set_up() noexcept;

    [[nodiscard]] const char* name() const noexcept override { return "uring"; }
    [[nodiscard]] bool takes_blocking_sockets() const noexcept override { return true; }

    [[nodiscard]] instant now() noexcept override {
        return instant(std::chrono::steady_clock::now().time_since_epoch());
    }
    bool wait(instant deadline) noexcept override;
    void wake() noexcept override;

    [[nodiscard]] io_source& open(int descriptor) override {
        static_assert(sizeof(uring_socket) <= 9 * sizeof(void*));
        auto& opened = *new uring_socket(descriptor);
        ++open_;
        return opened;
    }
    void close(io_source& source) noexcept override;
    [[nodiscard]] bool is_awaited(const io_source& source) const noexcept override {
        const auto& asked = static_cast<const uring_socket&>(source);
        return asked.reader != nullptr || asked.writer != nullptr ||
               asked.watcher != nullptr;
    }

    [[nodiscard]] bool try_now(io_operation& asked) noexcept override;
    [[nodiscard]] bool start(io_operation& asked) noexcept override;
    [[nodiscard]] stop_answer stop(io_operation& asked) noexcept override;

private:
    io_uring_sqe& entry() noexcept;
    void cancel(uring_socket& source, about what) noexcept;
    void await_alarm() noexcept;

    [[nodiscard]] bool try_receive(uring_socket& source, io_operation& asked) noexcept;
    [[nodiscard]] std::int64_t take_unread(uring_socket& source,
                                           const io_operation& asked) noexcept;
    [[nodiscard]] bool try_accept(uring_socket& source, io_operation& asked) noexcept;
    void let_arrive(uring_socket& source, asks what) noexcept;
    void stop_arriving(uring_socket& source) noexcept;
    void lend(uring_socket& source, const io_operation& asked) noexcept;
    void watch(uring_socket& source) noexcept;
    void poll(uring_socket& source, about what) noexcept;

    void reap() noexcept;
    void completed(const io_uring_cqe& seen) noexcept;
    void arrived(uring_socket& source, const io_uring_cqe& seen) noexcept;
    void keep_bytes(uring_socket& source, const io_uring_cqe& seen) noexcept;
    void keep_connection(uring_socket& source, int descriptor) noexcept;
    void gave_back(uring_socket& source, std::int32_t result) noexcept;
    void peer_ended(uring_socket& source, const io_uring_cqe& seen) noexcept;
    void polled(uring_socket& source, about what) noexcept;
    void bury(uring_socket& source) noexcept;

    detail::ring ring_;
    detail::provided_buffers buffers_;
    detail::alarm alarm_;
    bool is_woken_ = false;
    bool is_ending_ = false;
    bool awaits_alarm_ = false;
    std::size_t open_ = 0;  // sockets
    detail::closed_sockets closed_;
};

}  // namespace

// --- what the system is asked for ---

io_uring_sqe& uring_driver::entry() noexcept {
    for (;;) {
        if (io_uring_sqe* const blank = ring_.try_entry()) return *blank;
        reap();
    }
}

void uring_driver::cancel(uring_socket& source, about what) noexcept {
    io_uring_sqe& made = entry();
    const auto address = reinterpret_cast<std::uintptr_t>(&source);
    io_uring_prep_cancel64(&made, address | static_cast<std::uintptr_t>(what), 0);
    identify(made, nullptr, about::nothing);
}

void uring_driver::await_alarm() noexcept {
    io_uring_sqe& made = entry();
    io_uring_prep_poll_add(&made, alarm_.descriptor(), POLLIN);
    identify(made, nullptr, about::alarm);
    awaits_alarm_ = true;
}

void uring_driver::let_arrive(uring_socket& source, asks what) noexcept {
    if (source.arrives) return;
    if (what == asks::accept && !source.connections) {
        source.connections.reset(new (std::nothrow) connection_queue);
        if (!source.connections) {
            source.hear_last_word(-ENOMEM);
            return io_operation::tell(source.reader);
        }
    }
    io_uring_sqe& made = entry();
    detail::prepare_arrivals(made, source, what);
    identify(made, &source, about::arrivals);
    source.arrives = true;
}

void uring_driver::stop_arriving(uring_socket& source) noexcept {
    if (!source.arrives || source.is_ebbing) return;
    source.is_ebbing = true;
    cancel(source, about::arrivals);
}

void uring_driver::lend(uring_socket& source, const io_operation& asked) noexcept {
    io_uring_sqe& made = entry();
    detail::prepare_loan(made, source, asked);
    identify(made, &source, about::lent_write);
    source.is_lent = true;
}

// The system tells of the peer's last word whether asked for it or not, and of more
// later: so it is asked once, for each of its words.
void uring_driver::watch(uring_socket& source) noexcept {
    if (source.is_watched) return;
    io_uring_sqe& made = entry();
    io_uring_prep_poll_multishot(&made, source.descriptor(),
                                 POLLRDHUP | POLLHUP | POLLERR);
    identify(made, &source, about::peers_end);
    source.is_watched = true;
}

// A stop leaves it there for the next wait, and who is told looks once more.
void uring_driver::poll(uring_socket& source, about what) noexcept {
    bool& is_polled = source.is_polled[what == about::writing ? 1 : 0];
    if (is_polled) return;
    io_uring_sqe& made = entry();
    io_uring_prep_poll_add(&made, source.descriptor(),
                           what == about::writing ? POLLOUT : POLLIN);
    identify(made, &source, what);
    is_polled = true;
}

// --- what strands ask for ---

bool uring_driver::try_now(io_operation& asked) noexcept {
    auto& source = *static_cast<uring_socket*>(asked.source);
    source.forget(asked);
    switch (asked.asked) {
        case asks::read:
        case asks::read_vectored:
        case asks::wait_readable: return try_receive(source, asked);
        case asks::accept: return try_accept(source, asked);
        case asks::connect: return false;
        case asks::wait_closed: return source.has_ended;
        case asks::wait_gone: return source.is_gone;
        case asks::write:
        case asks::write_vectored:
        case asks::poll_readable:
        case asks::poll_writable: break;
    }
    const bool polls =
        asked.asked == asks::poll_readable || asked.asked == asks::poll_writable;
    const auto call = polls ? detail::poll_now : detail::send_now;
    asked.result = call(source.descriptor(), asked);
    return !must_wait(asked.result);
}

bool uring_driver::try_receive(uring_socket& source, io_operation& asked) noexcept {
    if (!source.unread.is_empty()) {
        if (asked.asked == asks::wait_readable) return true;
        asked.result = take_unread(source, asked);
        return true;
    }
    if (source.has_last_word) {
        asked.result = source.last_word;
        if (asked.asked != asks::wait_readable) source.has_last_word = false;
        return true;
    }
    // While bytes arrive by themselves, there are none that we do not know of.
    if (source.arrives) return false;
    asked.result = detail::receive_now(source.descriptor(), asked);
    return !must_wait(asked.result);
}

std::int64_t uring_driver::take_unread(uring_socket& source,
                                       const io_operation& asked) noexcept {
    std::size_t count = 0;
    if (asked.asked == asks::read) {
        count = buffers_.take(source.unread, asked.bytes, asked.size);
    } else {
        for (const std::span<std::byte> into : asked.read_buffers())
            count += buffers_.take(source.unread, into.data(), into.size());
    }
    return static_cast<std::int64_t>(count);
}

bool uring_driver::try_accept(uring_socket& source, io_operation& asked) noexcept {
    if (source.connections && !source.connections->is_empty()) {
        asked.result = source.connections->pop();
        return true;
    }
    if (!source.has_last_word) return false;
    asked.result = source.last_word;
    source.has_last_word = false;
    return true;
}

bool uring_driver::start(io_operation& asked) noexcept {
    auto& source = *static_cast<uring_socket*>(asked.source);
    io_operation*& place = source.waiting(asked.asked);
    COIL_EXPECTS(place == nullptr && "one operation waits in each direction at a time");
    place = &asked;
    switch (asked.asked) {
        case asks::write:
        case asks::write_vectored:
        case asks::connect: lend(source, asked); break;
        case asks::wait_closed:
        case asks::wait_gone: watch(source); break;
        case asks::read:
        case asks::read_vectored:
        case asks::wait_readable:
        case asks::accept: let_arrive(source, asked.asked); break;
        case asks::poll_readable: poll(source, about::reading); break;
        case asks::poll_writable: poll(source, about::writing); break;
    }
    return true;
}

// Bytes that still arrive are kept for the next read. Connections are another matter:
// nobody should be taken who is not asked for.
stop_answer uring_driver::stop(io_operation& asked) noexcept {
    auto& source = *static_cast<uring_socket*>(asked.source);
    if (source.writer == &asked && source.is_lent) {
        if (COIL_PLANTED(lent_writes_not_awaited)) {
            source.writer = nullptr;
            return stop_answer::ended;
        }
        source.is_taken_back = true;
        cancel(source, about::lent_write);
        return stop_answer::later;
    }
    source.forget(asked);
    if (asked.asked == asks::accept) stop_arriving(source);
    return stop_answer::ended;
}

// The system holds a socket until it has forgotten what it was asked for there, so it
// is told at once: the peer, and who else wants the port, shall not wait for our turn.
void uring_driver::close(io_source& source) noexcept {
    auto& closed = static_cast<uring_socket&>(source);
    COIL_EXPECTS(!is_awaited(source) && "nothing waits on a socket that is closed");
    --open_;
    buffers_.discard(closed.unread);
    closed.is_closed = true;
    if (!closed.is_asked_of_system()) {
        ::close(closed.descriptor());
        delete &closed;
        return;
    }
    closed_.add(closed);
    if (ring_.is_own_thread()) {  // else the system forgets it when the ring goes
        stop_arriving(closed);
        if (closed.is_watched) cancel(closed, about::peers_end);
        if (closed.is_polled[0]) cancel(closed, about::reading);
        if (closed.is_polled[1]) cancel(closed, about::writing);
        ring_.poll();
    }
    ::close(closed.descriptor());
}

// --- what the system tells ---

bool uring_driver::wait(instant deadline) noexcept {
    if (deadline == instant::min() || io_uring_cq_ready(&ring_.raw()) > 0) {
        ring_.poll();
    } else if (deadline == instant::max()) {
        ring_.wait();
    } else {
        const clock::duration pause = deadline - now();
        if (pause.count() > 0) {
            ring_.wait(pause);
        } else {
            ring_.poll();
        }
    }
    reap();
    return std::exchange(is_woken_, false);
}

void uring_driver::wake() noexcept {
    alarm_.ring();
}

void uring_driver::reap() noexcept {
    io_uring_cqe seen = {};
    while (ring_.reap(seen)) completed(seen);
}

void uring_driver::completed(const io_uring_cqe& seen) noexcept {
    auto* const source = reinterpret_cast<uring_socket*>(seen.user_data & ~about_bits);
    switch (static_cast<about>(seen.user_data & about_bits)) {
        case about::nothing: return;
        case about::arrivals: return arrived(*source, seen);
        case about::lent_write: return gave_back(*source, seen.res);
        case about::peers_end: return peer_ended(*source, seen);
        case about::reading:
        case about::writing:
            return polled(*source, static_cast<about>(seen.user_data & about_bits));
        case about::alarm:
            awaits_alarm_ = false;
            // Heard here and not by the system: so that who rang is seen to have done
            // so, also by ThreadSanitizer, before the alarm may be closed.
            if (seen.res > 0 && alarm_.hear()) is_woken_ = true;
            if (!is_ending_) await_alarm();
            return;
    }
}

void uring_driver::arrived(uring_socket& source, const io_uring_cqe& seen) noexcept {
    if ((seen.flags & IORING_CQE_F_MORE) == 0) {
        source.arrives = false;
        source.is_ebbing = false;
    }
    const bool is_bytes = (seen.flags & IORING_CQE_F_BUFFER) != 0;
    if (is_bytes) {
        keep_bytes(source, seen);
    } else if (source.connections && seen.res >= 0) {
        keep_connection(source, seen.res);
    } else if (seen.res == -ECANCELED) {
        // As asked; if somebody waits again meanwhile, it begins anew.
        if (source.reader != nullptr) let_arrive(source, source.reader->asked);
        return bury(source);
    } else if (seen.res == -ENOBUFS) {
        // Others hold all buffers; what waits reads without one.
        COIL_REACHED("uring: no buffer was free");
    } else {
        source.hear_last_word(seen.res);
    }
    io_operation::tell(source.reader);
    bury(source);
}

void uring_driver::keep_bytes(uring_socket& source, const io_uring_cqe& seen) noexcept {
    const auto number =
        static_cast<std::uint16_t>(seen.flags >> IORING_CQE_BUFFER_SHIFT);
    if (seen.res <= 0 || source.is_closed) {
        buffers_.give_back(number);
        if (seen.res > 0) return;
        source.hear_last_word(seen.res);
        return;
    }
    buffers_.append(source.unread, number, static_cast<std::size_t>(seen.res));
    if (source.reader == nullptr && source.unread.length >= unread_pieces_max) {
        COIL_REACHED("uring: a socket that nobody reads took no more");
        stop_arriving(source);
    }
}

void uring_driver::keep_connection(uring_socket& source, int descriptor) noexcept {
    if (source.is_closed) {
        ::close(descriptor);
    } else if (!source.connections->try_push(descriptor)) {
        ::close(descriptor);
        source.hear_last_word(-ENOMEM);
    } else if (source.reader == nullptr &&
               source.connections->length() >= unread_connections_max) {
        stop_arriving(source);
    }
}

void uring_driver::gave_back(uring_socket& source, std::int32_t result) noexcept {
    if (COIL_PLANTED(lent_writes_not_awaited) && source.writer == nullptr) return;
    io_operation& asked = *std::exchange(source.writer, nullptr);
    source.is_lent = false;
    const bool is_stopped = std::exchange(source.is_taken_back, false);
    if (is_stopped && result == -ECANCELED) return asked.stopped();
    asked.result = result;
    asked.finished();  // completion beats stop
}

void uring_driver::peer_ended(uring_socket& source, const io_uring_cqe& seen) noexcept {
    if ((seen.flags & IORING_CQE_F_MORE) == 0) source.is_watched = false;
    if (seen.res != -ECANCELED) {
        source.has_ended = true;
        if (seen.res < 0 || (seen.res & (POLLHUP | POLLERR)) != 0)
            source.is_gone = true;
    }
    io_operation* const watcher = source.watcher;
    if (watcher != nullptr) {
        const bool waits_for_end = watcher->asked == asks::wait_closed;
        if (waits_for_end ? source.has_ended : source.is_gone) {
            io_operation::tell(watcher);
        } else {
            watch(source);
        }
    }
    bury(source);
}

void uring_driver::polled(uring_socket& source, about what) noexcept {
    source.is_polled[what == about::writing ? 1 : 0] = false;
    io_operation::tell(what == about::writing ? source.writer : source.reader);
    bury(source);
}

// Of a closed socket, the last completion is the end.
void uring_driver::bury(uring_socket& source) noexcept {
    if (!source.is_closed || source.is_asked_of_system()) return;
    closed_.end(source);
}

uring_refusal uring_driver::set_up() noexcept {
    if (const int error = ring_.set_up()) return {"io_uring_setup", error};
    if (const int error = buffers_.set_up(ring_)) return {"io_uring_register", error};
    if (const int error = alarm_.open()) return {"eventfd", error};
    await_alarm();
    return {};
}

// No completion may be due when the buffers go. Those of a ring that another thread ran
// are made nowhere else (DEFER_TASKRUN), and so never; what it has made is still heard.
uring_driver::~uring_driver() {
    expect_all_closed(open_);
    if (!alarm_.is_open()) return;
    is_ending_ = true;
    if (!ring_.is_own_thread()) {
        reap();
        return;
    }
    io_uring_sqe& made = entry();
    io_uring_prep_cancel64(&made, static_cast<std::uintptr_t>(about::alarm), 0);
    identify(made, nullptr, about::nothing);
    do {
        reap();
    } while ((awaits_alarm_ || !closed_.is_empty()) && ring_.try_wait());
}

std::unique_ptr<io_driver> try_make_uring_driver(uring_refusal& why) {
    auto made = std::make_unique<uring_driver>();
    why = made->set_up();
    if (why.error != 0) return nullptr;
    return made;
}

}  // namespace coil
