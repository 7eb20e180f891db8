// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/net/endpoint.hpp>
#include <coil/runtime/io_driver.hpp>

#include <optional>
#include <span>
#include <string>

namespace coil::net {

/// A TCP connection: a `byte_stream`. It holds no buffer.
///
/// \snippet coil/net/tcp_stream_test.cpp  an echo server
///
/// One read and one write may wait at the same time, also in two strands. It belongs to
/// the runtime of the strand that made it: what waits elsewhere ends the program with a
/// text, or is not told. Whoever closes it is the only one that uses it: to end what
/// waits in another strand, stop that.
///
/// Errors: `std::system_error`. A write to a peer that has gone is an error (EPIPE or
/// ECONNRESET) and never a signal.
/// Lifetime: its runtime outlives it, or the program ends with a text.
class tcp_stream {
public:
    class read_leaf;
    class write_leaf;
    class read_vectored_leaf;
    class write_vectored_leaf;
    class wait_leaf;
    class closed_leaf;
    class gone_leaf;

    explicit tcp_stream(io_handle socket) noexcept : socket_(std::move(socket)) {}

    /// Waits for bytes and gives their count; 0 when the peer has written its last.
    /// Requires: `into` is not empty.
    /// Stop: nothing was taken.
    /// Lifetime: `into` must outlive the await.
    [[nodiscard]] read_leaf read(std::span<std::byte> into) noexcept;

    /// Reads into several buffers by one call, the first first, as far as what is there
    /// goes, and no further than the 64 from the first that is not empty: otherwise as
    /// `read`.
    /// Requires: one of them is not empty.
    /// Lifetime: the list of buffers must outlive the await, too.
    [[nodiscard]] read_vectored_leaf read_vectored(
        std::span<const std::span<std::byte>> into) noexcept;

    /// Reads what is there already: as `read`, but empty where that would wait.
    /// Requires: no `read` waits, and `into` is not empty.
    [[nodiscard]] std::optional<std::size_t> try_read(std::span<std::byte> into);

    /// Waits until some of `bytes` can be taken, and gives their count.
    /// Stop: nothing was sent; if something was, the await ends with its count.
    /// Lifetime: `bytes` must outlive the await.
    [[nodiscard]] write_leaf write(std::span<const std::byte> bytes) noexcept;

    /// Writes what several buffers hold, one behind the other, by one call, as many at
    /// most as `read_vectored`: otherwise as `write`. To have all of it taken, see
    /// `write_all`.
    /// Lifetime: the list of buffers must outlive the await, too.
    [[nodiscard]] write_vectored_leaf write_vectored(
        std::span<const std::span<const std::byte>> buffers) noexcept;

    /// Writes as much of `bytes` as is taken at once, and gives its count; 0 if that is
    /// nothing, whatever the reason: the next `write` waits, or tells of the error.
    /// Requires: no `write` waits.
    [[nodiscard]] std::size_t try_write(std::span<const std::byte> bytes) noexcept;

    /// Waits until a `read` would not wait: so an idle connection needs no buffer.
    [[nodiscard]] wait_leaf wait_readable() noexcept;

    /// Waits until the peer has written its last or has gone, whatever can still be
    /// read. Which of the two, nobody can tell yet: it may have closed, or shut down
    /// its writing and wait for an answer.
    [[nodiscard]] closed_leaf wait_closed() noexcept;

    /// Waits until the connection was reset, or has ended in both directions: nothing
    /// that is written will be read. A peer that has closed resets it when something is
    /// written to it.
    [[nodiscard]] gone_leaf wait_gone() noexcept;

    /// Says that nothing more will be written; what was is still delivered.
    void shutdown() noexcept;
    /// Requires: nothing waits on it.
    void close() noexcept { socket_.close(); }
    /// Closes so that the peer sees a reset, and frees what was not sent yet.
    /// Requires: nothing waits on it.
    void abort() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

    /// Small writes go out at once if true, as they do from the start.
    void set_nodelay(bool is_on);

    /// An IPv4 peer of an IPv6 listener is told as what it is, without "::ffff:".
    /// Throws: `std::system_error` if the peer has gone.
    [[nodiscard]] endpoint peer() const;
    [[nodiscard]] endpoint local_endpoint() const;

private:
    io_handle socket_;
};

/// The leaf behind `tcp_stream::read`.
class tcp_stream::read_leaf : public io_leaf<read_leaf> {
public:
    static constexpr const char* what = "tcp read";
    read_leaf(const io_handle& on, std::span<std::byte> into) noexcept
        : io_leaf(kind::read, on, into.data(), into.size()) {
        COIL_EXPECTS(!into.empty() && "reading needs room");
    }
    std::size_t await_resume() const { return static_cast<std::size_t>(take_result()); }
};

/// The leaf behind `tcp_stream::write`.
class tcp_stream::write_leaf : public io_leaf<write_leaf> {
public:
    static constexpr const char* what = "tcp write";
    write_leaf(const io_handle& on, std::span<const std::byte> from) noexcept
        : io_leaf(kind::write, on, const_cast<std::byte*>(from.data()), from.size()) {}
    std::size_t await_resume() const { return static_cast<std::size_t>(take_result()); }
};

/// The leaf behind `tcp_stream::read_vectored`.
class tcp_stream::read_vectored_leaf : public io_leaf<read_vectored_leaf> {
public:
    static constexpr const char* what = "tcp read_vectored";
    read_vectored_leaf(const io_handle& on,
                       std::span<const std::span<std::byte>> into) noexcept
        : io_leaf(kind::read_vectored, on, into) {
        COIL_EXPECTS(room() > 0 && "reading needs room");
    }
    std::size_t await_resume() const { return static_cast<std::size_t>(take_result()); }
};

/// The leaf behind `tcp_stream::write_vectored`.
class tcp_stream::write_vectored_leaf : public io_leaf<write_vectored_leaf> {
public:
    static constexpr const char* what = "tcp write_vectored";
    write_vectored_leaf(const io_handle& on,
                        std::span<const std::span<const std::byte>> from) noexcept
        : io_leaf(kind::write_vectored, on, from) {}
    std::size_t await_resume() const { return static_cast<std::size_t>(take_result()); }
};

/// The leaf behind `tcp_stream::wait_readable`.
class tcp_stream::wait_leaf : public io_leaf<wait_leaf> {
public:
    static constexpr const char* what = "tcp wait_readable";
    explicit wait_leaf(const io_handle& on) noexcept
        : io_leaf(kind::wait_readable, on, nullptr, 0) {}
    void await_resume() const noexcept {}  // an error is the next read's
};

/// The leaf behind `tcp_stream::wait_closed`.
class tcp_stream::closed_leaf : public io_leaf<closed_leaf> {
public:
    static constexpr const char* what = "tcp wait_closed";

    explicit closed_leaf(const io_handle& on) noexcept
        : io_leaf(kind::wait_closed, on, nullptr, 0) {}
    void await_resume() const noexcept {}
};

/// The leaf behind `tcp_stream::wait_gone`.
class tcp_stream::gone_leaf : public io_leaf<gone_leaf> {
public:
    static constexpr const char* what = "tcp wait_gone";

    explicit gone_leaf(const io_handle& on) noexcept
        : io_leaf(kind::wait_gone, on, nullptr, 0) {}
    void await_resume() const noexcept {}
};

inline tcp_stream::read_leaf tcp_stream::read(std::span<std::byte> into) noexcept {
    return {socket_, into};
}
inline tcp_stream::write_leaf tcp_stream::write(
    std::span<const std::byte> bytes) noexcept {
    return {socket_, bytes};
}
inline tcp_stream::read_vectored_leaf tcp_stream::read_vectored(
    std::span<const std::span<std::byte>> into) noexcept {
    return {socket_, into};
}
inline tcp_stream::write_vectored_leaf tcp_stream::write_vectored(
    std::span<const std::span<const std::byte>> buffers) noexcept {
    return {socket_, buffers};
}
inline tcp_stream::wait_leaf tcp_stream::wait_readable() noexcept {
    return wait_leaf(socket_);
}

inline tcp_stream::closed_leaf tcp_stream::wait_closed() noexcept {
    return closed_leaf(socket_);
}
inline tcp_stream::gone_leaf tcp_stream::wait_gone() noexcept {
    return gone_leaf(socket_);
}

/// Where to connect to.
struct connect_options {
    std::string host = "127.0.0.1";  ///< A name, or an address in figures.
    std::uint16_t port = 0;
};

/// Connects; a name's addresses are tried one after the other, as the system orders
/// them. For a time limit, see `with_timeout`.
///
/// Errors: `std::system_error`, of the last address that was tried.
task<tcp_stream> connect(connect_options to);
task<tcp_stream> connect(endpoint to);

}  // namespace coil::net
