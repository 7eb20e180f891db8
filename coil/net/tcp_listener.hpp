// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

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
/// Threads: one strand's at a time, of the runtime that made it. To end the `next` of
/// another strand, stop that: a `close` is for the strand that waits, or for
/// afterwards. Lifetime: its runtime outlives it and its connections, or the program
/// ends with a text. So none may leave `coil::run`, whose runtime ends with it.
class tcp_listener {
public:
    explicit tcp_listener(io_handle socket) noexcept : socket_(std::move(socket)) {}

    /// Waits for the next connection; empty once the listener was closed.
    /// Stop: no connection is lost; it may be called again.
    [[nodiscard]] task<std::optional<tcp_stream>> next();

    /// Takes no further connections. A `next` that waits ends with nothing.
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return !is_closed_; }

    /// Where it listens: the port that the system chose, if it was asked to.
    [[nodiscard]] endpoint local_endpoint() const;

private:
    class accept_leaf;

    io_handle socket_;
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
