// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/planted.hpp>
#include <coil/base/spin_lock.hpp>
#include <coil/runtime/io_driver.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace coil::detail {

/// Ways in which a socket may be ready.
struct directions {
    using bits = std::uint8_t;
    static constexpr bits reading = 1;
    static constexpr bits writing = 2;
    static constexpr bits closing = 4;
    static constexpr bits leaving = 8;

    [[nodiscard]] static bits of(const io_operation& asked) noexcept {
        switch (asked.asked) {
            case io_operation::kind::read:
            case io_operation::kind::read_vectored:
            case io_operation::kind::accept:
            case io_operation::kind::wait_readable:
            case io_operation::kind::poll_readable: return reading;
            case io_operation::kind::write:
            case io_operation::kind::write_vectored:
            case io_operation::kind::connect:
            case io_operation::kind::poll_writable: return writing;
            case io_operation::kind::wait_closed: return closing;
            case io_operation::kind::wait_gone: return leaving;
        }
        return 0;
    }
};

/// What the system tells of a socket at once.
struct edge {
    directions::bits ready = 0;
    directions::bits last = 0;     // the peer has closed them: no further edge
    bool has_urgent_data = false;  // a read ends before its mark
};

template <flavour F>
struct edge_count {
    std::uint32_t edges = 0;  // told so far
};
template <>
struct edge_count<flavour::local> {
    static constexpr std::uint32_t edges = 0;
};

/// What is known of a socket of which the system tells by edges: what is worth a try,
/// and who waits. What the system has to do is done by who asks, so tests/models can
/// put something else in its place.
///
/// Threads: any, where it is shared.
template <flavour F>
class readiness : edge_count<F> {
    static constexpr bool is_shared = F == flavour::movable;
    using bits = directions::bits;

public:
    [[nodiscard]] bool is_awaited() const noexcept {
        const holding held(lock_);
        return reader_ != nullptr || writer_ != nullptr || watcher_ != nullptr;
    }
    /// Requires: nobody waits, or will.
    [[nodiscard]] bool was_registered() const noexcept { return is_registered_; }

    /// The system has told something.
    void told(edge news) noexcept {
        const holding held(lock_);
        has_marks_ = has_marks_ || news.has_urgent_data;
        last_ |= news.last;
        if constexpr (is_shared) ++this->edges;
        ready_ |= news.ready;
        if ((news.ready & directions::reading) != 0)
            io_operation::tell(reader_, !is_shared);
        if ((news.ready & directions::writing) != 0)
            io_operation::tell(writer_, !is_shared);
        if (watcher_ != nullptr && (news.ready & directions::of(*watcher_)) != 0)
            io_operation::tell(watcher_, !is_shared);
    }

    /// Tries it by `perform()`, which gives a result or an error number, negated.
    /// Returns false if it would have to wait.
    template <class Perform>
    [[nodiscard]] bool try_now(io_operation& asked, const Perform& perform) noexcept {
        const bits direction = directions::of(asked);
        std::uint32_t seen = 0;
        {
            const holding held(lock_);
            // An edge has told of something to read since it began to wait.
            const bool is_known_readable =
                asked.is_told && asked.asked == io_operation::kind::wait_readable;
            forget(asked);
            if ((ready_ & direction) == 0) return false;
            if (is_known_readable) return true;
            seen = this->edges;
        }
        asked.result = perform();
        if (asked.result == -EAGAIN || asked.result == -EWOULDBLOCK) {
            const holding held(lock_);
            if (is_registered_) cannot(direction, seen);  // else none tells
            return false;
        }
        if (reads_bytes(asked) && asked.result > 0 &&
            static_cast<std::size_t>(asked.result) < asked.room()) {
            // It took all there was; more of it will be a new edge.
            const holding held(lock_);
            if (is_registered_ && !has_marks_) cannot(direction, seen);
        }
        return true;
    }

    /// Begins to wait; `enter()` registers the socket, and gives an error number.
    /// Returns false if something has come since `try_now`.
    template <class Register>
    [[nodiscard]] bool start(io_operation& asked, const Register& enter) noexcept {
        const bits direction = directions::of(asked);
        int error = 0;
        {
            const holding held(lock_);
            if (is_shared && is_registered_ && (ready_ & direction) != 0 &&
                !COIL_PLANTED(edges_pass_unseen))
                return false;
            io_operation*& place = place_of(direction);
            COIL_EXPECTS(place == nullptr &&
                         "one operation waits in each direction at a time");
            if (!is_registered_) error = enter();
            if (error == 0) {
                is_registered_ = true;
                place = &asked;
            }
        }
        if (error != 0) {
            asked.result = -error;
            asked.finished();
        }
        return true;
    }

    [[nodiscard]] stop_answer stop(io_operation& asked) noexcept {
        const holding held(lock_);
        if (asked.is_coming && !COIL_PLANTED(coming_ones_withdraw))
            return stop_answer::later;
        forget(asked);
        return stop_answer::ended;
    }

private:
    [[nodiscard]] static bool reads_bytes(const io_operation& asked) noexcept {
        return asked.asked == io_operation::kind::read ||
               asked.asked == io_operation::kind::read_vectored;
    }
    [[nodiscard]] io_operation*& place_of(bits direction) noexcept {
        if ((direction & (directions::closing | directions::leaving)) != 0)
            return watcher_;
        return direction == directions::reading ? reader_ : writer_;
    }
    void forget(io_operation& asked) noexcept {
        io_operation*& place = place_of(directions::of(asked));
        if (place == &asked) place = nullptr;
        asked.is_told = false;
    }
    /// The system said that `direction` would have to wait, or is about to. Unless it
    /// has said otherwise since there were so many edges.
    void cannot(bits direction, std::uint32_t seen) noexcept {
        if (seen != this->edges && !COIL_PLANTED(edges_uncounted)) return;
        ready_ = static_cast<bits>(ready_ & (~direction | last_));
    }

    [[no_unique_address]] mutable lock_of<F> lock_;  // held for a few instructions
    io_operation* reader_ = nullptr;
    io_operation* writer_ = nullptr;
    io_operation* watcher_ = nullptr;  // of the peer's end, or of its going
    bits ready_ = directions::reading | directions::writing;  // worth a try
    bits last_ = 0;
    bool is_registered_ = false;
    bool has_marks_ = false;
};

/// What other threads have closed, while the one that is told of it may be about to
/// look at it: that one frees it, before it asks for more news. A `Socket` has a
/// `next_buried`.
template <class Socket>
class burial_ground {
public:
    /// Threads: any.
    void add(Socket& closed) noexcept {
        if (COIL_PLANTED(closed_ones_are_freed)) return delete &closed;
        const holding held(lock_);
        closed.next_buried = std::exchange(first_, &closed);
    }
    /// Threads: the one that is told.
    void free_all() noexcept {
        Socket* next = nullptr;
        {
            const holding held(lock_);
            next = std::exchange(first_, nullptr);
        }
        while (next != nullptr) {
            Socket* const freed = std::exchange(next, next->next_buried);
            delete freed;
        }
    }

private:
    spin_lock lock_;
    Socket* first_ = nullptr;
};

}  // namespace coil::detail
