// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/group.hpp>
#include <coil/http/detail/shared_state.hpp>
#include <coil/http/handler.hpp>
#include <coil/http/limits.hpp>
#include <coil/http/server_stats.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/sync/event.hpp>

#include <optional>

namespace coil::http {

namespace detail {
class connection;
}  // namespace detail

/// An HTTP/1.1 server on one listener.
///
/// \snippet coil/http/server_test.cpp  a server
///
/// A stop of `serve` drains: it stops accepting, closes idle connections, lets requests
/// in flight finish within `drain_timeout`, then stops them, after another
/// `stop_timeout` hard, and returns when the last connection has ended. A hard stop
/// stops them at once.
///
/// A client that goes away while its handler runs stops the handler. One that only
/// ends its own side (shuts down its writing) still gets its answer.
///
/// Threads: its runtime's. If that has several, connections are served on all of them,
/// so the handler is called by several threads at once.
class server {
public:
    explicit server(net::tcp_listener listener, http::limits limits = {});
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Serves until it is stopped, or `start_drain` was called, and all has ended.
    ///
    /// Errors: `std::system_error` if the listener fails for good.
    template <class H>
    task<> serve(H handler) {
        detail::check_handler<H>();
        if constexpr (http::handler<H>) co_await run(handler_ref(handler));
    }

    /// Begins the shutdown: tells everyone through `draining()`.
    void start_drain() noexcept;
    /// Set when the shutdown begins; streaming handlers may say farewell.
    [[nodiscard]] event& draining() noexcept { return draining_; }

    [[nodiscard]] net::endpoint local_endpoint() const {
        return listener_.local_endpoint();
    }
    [[nodiscard]] server_stats stats() const noexcept { return shared_.stats(); }
    [[nodiscard]] const http::limits& limits() const noexcept { return limits_; }

private:
    friend detail::connection;
    class open_connection;

    task<> run(handler_ref handler);
    void share_if_parallel() noexcept;
    task<> watch_for_stop();
    task<> serve_all(handler_ref handler);
    task<> accept_all(group& connections, handler_ref handler);
    task<> drain(group& connections);
    task<> serve_one(open_connection place, net::tcp_stream peer, handler_ref handler);
    [[nodiscard]] std::optional<open_connection> admit(const net::tcp_stream& peer);

    net::tcp_listener listener_;
    http::limits limits_;
    detail::shared_state shared_;
    event draining_;
    event all_closed_;  // while draining
    event has_ended_;
};

/// Listens at `where` and serves until stopped. For statistics, use `server`.
///
/// \snippet coil/http/server_test.cpp  serve in one line
template <class H>
task<> serve(net::listen_options where, H handler) {
    detail::check_handler<H>();
    server whole(co_await net::listen(where));
    co_await whole.serve(std::move(handler));
}

}  // namespace coil::http
