// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/leaf.hpp>
#include <coil/runtime/driver.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace coil {

class io_driver;
class io_operation;

/// An open socket as its driver sees it. A driver derives from it to keep its own
/// registration there; it is made and destroyed by the driver only.
class io_source {
public:
    /// The operating system's number for it.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    static void* operator new(std::size_t size) { return allocate_frame(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        release_frame(block, size);
    }

protected:
    explicit io_source(int descriptor) noexcept : descriptor_(descriptor) {}
    ~io_source() = default;

private:
    int descriptor_;
};

/// One operation on a socket: what is asked, and what came of it.
///
/// A readiness driver (epoll) says `ready`, and `try_now` does it in the strand's turn.
/// A completion driver (io_uring) borrows the buffer while the system fills it; once
/// that has happened it says `ready`, too, and `try_now` hands the result over. Asked
/// to stop before, it answers `later` and says `stopped` when the system has let go;
/// asked in between, it answers `ended` and keeps what was taken for the source's next
/// operation. So what a strand did not see is not lost, whatever the driver.
///
/// Lifetime: the driver holds its address from `start` until it ends.
class io_operation : private remote_message {
public:
    enum class kind : unsigned char {
        read,            ///< Into `bytes`; the result is their count, 0 at the end.
        write,           ///< From `bytes`; the result is their count. Never SIGPIPE.
        read_vectored,   ///< Into all of `read_buffers()`, the first first.
        write_vectored,  ///< From all of `write_buffers()`, as `write`.
        accept,          ///< The result is a new descriptor.
        connect,         ///< To the `sockaddr` in `bytes`; the result is 0.
        wait_readable,   ///< Something could be read; takes nothing.
        wait_closed,     ///< The peer writes no more, or has gone; takes nothing.
        wait_gone,       ///< The connection was reset or is closed both ways.
        poll_readable,   ///< A read would not wait, of whatever descriptor it is.
        poll_writable,   ///< A write would not wait; the same.
    };

    io_operation(kind what, io_source* on, void* begin, std::size_t count) noexcept
        : remote_message(delivered),
          asked(what),
          source(on),
          bytes(begin),
          size(count) {}

    kind asked;
    bool has_begun = false;  ///< The driver's: the system knows of it.
    bool is_told = false;    ///< The driver's: `ready` was called, `try_now` not yet.
    bool is_coming = false;  ///< `ready` was called on another thread: it will arrive.
    io_source* source;
    void* bytes;              ///< Or several buffers, which `asked` tells.
    std::size_t size;         ///< In bytes, or the number of buffers.
    std::int64_t result = 0;  ///< At least 0, or an error number, negated.

    /// How many buffers one operation may have; those behind them are not looked at.
    static constexpr std::size_t buffer_count_max = 64;
    [[nodiscard]] std::span<const std::span<std::byte>> read_buffers() const noexcept {
        return {static_cast<const std::span<std::byte>*>(bytes), buffer_count()};
    }
    [[nodiscard]] std::span<const std::span<const std::byte>> write_buffers()
        const noexcept {
        return {static_cast<const std::span<const std::byte>*>(bytes), buffer_count()};
    }
    /// How many bytes a read may give.
    [[nodiscard]] std::size_t room() const noexcept {
        if (asked != kind::read_vectored) return size;
        std::size_t sum = 0;
        for (const std::span<std::byte> into : read_buffers()) sum += into.size();
        return sum;
    }

    /// For the driver: `try_now` may succeed now. `is_here` is false where the strand
    /// may be on another thread; then called under the lock that guards `is_told`.
    virtual void ready(bool is_here) noexcept = 0;
    /// For the driver: `result` is there, and nothing would be lost with it.
    virtual void finished() noexcept = 0;
    /// For the driver, after it answered `later`: there will be no result.
    virtual void stopped() noexcept = 0;
    /// For the driver: says `ready` to who waits in this place, if anyone does, and not
    /// again before it has tried.
    static void tell(io_operation* waiting, bool is_here = true) noexcept {
        if (waiting == nullptr || waiting->is_told) return;
        waiting->is_told = true;  // it keeps its place until it has tried
        waiting->ready(is_here);
    }

protected:
    io_operation(io_operation&& other) noexcept
        : io_operation(other.asked, other.source, other.bytes, other.size) {}
    ~io_operation() = default;
    /// Says `ready` once more, on the strand's own thread.
    void come_to(strand& waiting) noexcept {
        is_coming = true;
        waiting.post(*this);
    }

private:
    [[nodiscard]] std::size_t buffer_count() const noexcept {
        return size < buffer_count_max ? size : buffer_count_max;
    }
    static void delivered(remote_message& news) noexcept {
        auto& self = static_cast<io_operation&>(news);
        self.is_coming = false;
        self.ready(true);
    }
};

/// A driver that knows sockets. `net` is written against this and knows no system call
/// that could wait.
///
/// Threads: its runtime's, but for `wake()`. Where that has several, each has a driver
/// of its own to wait in, and all of them the same sockets: then what stands here about
/// sockets may be called from any of them.
class io_driver : public driver {
public:
    static constexpr service_kind kind = {"sockets"};

    virtual ~io_driver() = default;

    /// The word for it in reports: "epoll", "uring".
    [[nodiscard]] virtual const char* name() const noexcept = 0;
    /// Whether the sockets that it takes over are blocking ones (io_uring gives up
    /// where a non-blocking one would have to wait).
    [[nodiscard]] virtual bool takes_blocking_sockets() const noexcept { return false; }

    /// Takes over an open socket.
    [[nodiscard]] virtual io_source& open(int descriptor) = 0;
    /// Closes the socket and ends the source.
    /// Requires: no operation waits on it.
    virtual void close(io_source& source) noexcept = 0;
    /// The same for drivers that share their sockets, and for no other.
    [[nodiscard]] virtual const void* family() const noexcept { return this; }
    /// Whether several threads have its sockets.
    [[nodiscard]] bool shares_sockets() const noexcept { return family() != this; }
    /// Whether an operation waits on it.
    [[nodiscard]] virtual bool is_awaited(const io_source& source) const noexcept = 0;

    /// Completes the operation if that is possible without waiting.
    [[nodiscard]] virtual bool try_now(io_operation& asked) noexcept = 0;
    /// Begins to wait. Returns: false if something has come since `try_now` was called:
    /// then it does not wait, and may try again.
    /// Requires: no other operation waits in the same direction.
    [[nodiscard]] virtual bool start(io_operation& asked) noexcept = 0;
    /// The strand wants a waiting operation to stop.
    [[nodiscard]] virtual stop_answer stop(io_operation& asked) noexcept = 0;

protected:
    /// For a driver's end: the program ends with a text if sockets are left.
    static void expect_all_closed(std::size_t open) noexcept;
};

/// The driver that the environment's `COIL_IO` asks for, or else the best that this
/// machine offers; see `io_choice.hpp`.
///
/// Throws: `std::system_error` if it offers none (out of descriptors).
[[nodiscard]] std::unique_ptr<io_driver> make_io_driver();

/// The driver of the runtime that the current strand runs on.
///
/// Requires: called from a strand whose runtime has one.
[[nodiscard]] io_driver& current_io_driver() noexcept;

/// Owns an open socket.
///
/// Lifetime: its driver outlives it, or the program ends with a text.
class io_handle {
public:
    io_handle() = default;
    /// Takes over `descriptor`, also if it throws.
    io_handle(io_driver& of, int descriptor);
    io_handle(io_handle&& other) noexcept
        : driver_(other.driver_),
          source_(std::exchange(other.source_, nullptr)) {}
    io_handle& operator=(io_handle&& other) noexcept {
        close();
        driver_ = other.driver_;
        source_ = std::exchange(other.source_, nullptr);
        return *this;
    }
    ~io_handle() { close(); }

    [[nodiscard]] bool is_open() const noexcept { return source_ != nullptr; }
    /// Requires: `is_open()`.
    [[nodiscard]] int descriptor() const noexcept { return source().descriptor(); }
    [[nodiscard]] bool is_awaited() const noexcept {
        return is_open() && driver_->is_awaited(*source_);
    }
    [[nodiscard]] io_driver& driver() const noexcept { return *driver_; }
    [[nodiscard]] io_source& source() const noexcept {
        COIL_EXPECTS(is_open() && "the socket is open");
        return *source_;
    }

    /// Requires: nothing waits on it.
    void close() noexcept {
        if (is_open()) driver_->close(*std::exchange(source_, nullptr));
    }

private:
    io_driver* driver_ = nullptr;
    io_source* source_ = nullptr;
};

/// The leaf of one operation; `Derived` names it by `what` and has `await_resume()`.
template <class Derived>
class io_leaf : public leaf_of<Derived>, public io_operation {
public:
    io_leaf(kind what, const io_handle& on, void* begin, std::size_t count) noexcept
        : io_operation(what, &on.source(), begin, count),
          driver_(on.driver()) {}
    /// Of several buffers: those from the first that is not empty on, as only so many
    /// are looked at.
    template <class Span>
    io_leaf(kind what, const io_handle& on, std::span<const Span> buffers) noexcept
        : io_leaf(what, on, nullptr, 0) {
        while (!buffers.empty() && buffers.front().empty())
            buffers = buffers.subspan(1);
        bytes = const_cast<Span*>(buffers.data());
        size = buffers.size();
    }
    io_leaf(io_leaf&&) = default;

protected:
    ~io_leaf() = default;
    [[nodiscard]] io_driver& driver() const noexcept { return driver_; }
    /// The result. Throws: `std::system_error` for an error.
    std::int64_t take_result() const;

private:
    friend leaf_of<Derived>;
    [[nodiscard]] bool try_now() noexcept { return driver_.try_now(*this); }
    void start() noexcept {
        if (!driver_.start(*this)) this->retry();
    }
    stop_answer on_stop() noexcept { return driver_.stop(*this); }

    void ready(bool is_here) noexcept final {
        strand& waiting = this->home();
        is_here || waiting.is_here() ? this->retry() : come_to(waiting);
    }
    void finished() noexcept final { this->complete(); }
    void stopped() noexcept final { this->complete_stopped(); }

    io_driver& driver_;
};

/// Throws `std::system_error` for the system's error number.
[[noreturn]] void throw_system_error(int error, const char* what);

template <class Derived>
std::int64_t io_leaf<Derived>::take_result() const {
    if (result < 0) [[unlikely]]
        throw_system_error(static_cast<int>(-result), Derived::what);
    return result;
}

}  // namespace coil
