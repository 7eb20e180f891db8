// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/spin_lock.hpp>
#include <coil/net/tcp_stream.hpp>

#include <optional>

namespace coil::net {

/// Takes TCP connections: a stream of `tcp_stream`.
///
/// \snippet coil/net/tcp_stream_test.cpp  an echo server
///
/// It survives what is wrong with one connection, and a system that is short of
/// descriptors or memory: then it pauses, for longer each time, and goes on.
///
/// Threads: `next` from one strand at a time, of the runtime that made it; `close` and
/// `is_open` from any, and on a `multi_thread_runtime` also from any other thread. Of a
/// runtime of one thread only that thread may use it.
/// Lifetime: its runtime outlives it and its connections, or the program ends with a
/// text. So none may leave `coil::run`, whose runtime ends with it. It is not moved
/// while it is awaited.
class tcp_listener {
public:
    explicit tcp_listener(io_handle socket) noexcept;
    tcp_listener(tcp_listener&& other) noexcept;
    tcp_listener& operator=(tcp_listener&& other) noexcept;
    ~tcp_listener() = default;

    /// Waits for the next connection; empty once the listener was closed.
    /// Stop: no connection is lost; it may be called again.
    [[nodiscard]] task<std::optional<tcp_stream>> next();

    /// Takes no further connections. A `next` that waits, in whichever strand, ends
    /// with nothing, and then the port is free. May be called again.
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept;

    /// Where it listens: the port that the system chose, if it was asked to.
    /// Requires: it is open, and nobody closes it meanwhile.
    [[nodiscard]] endpoint local_endpoint() const;

private:
    class accept_leaf;
    class use;
    void leave() noexcept;

    mutable optional_lock lock_;  // guards the rest: threads may share it
    io_handle socket_;            // it stays while it is used
    unsigned users_ = 0;
    bool is_closed_ = false;
};

/// Where to listen.
struct listen_options {
    /// A name or an address in figures; "0.0.0.0" and "::" mean all of this machine's.
    /// As it is, nobody outside this machine can connect.
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;    ///< 0: the system chooses, see `local_endpoint`.
    int backlog = 1024;        ///< Connections that wait to be taken.
    bool shares_port = false;  ///< With other processes that listen there (REUSEPORT).
};

/// Begins to listen.
///
/// Errors: `std::system_error`; `std::errc::address_in_use` if somebody else does.
task<tcp_listener> listen(listen_options at);

}  // namespace coil::net
