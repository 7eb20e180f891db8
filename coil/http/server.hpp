// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/group.hpp>
#include <coil/http/detail/idle_wait.hpp>
#include <coil/http/detail/working_memory.hpp>
#include <coil/http/handler.hpp>
#include <coil/http/limits.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/timer.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace coil::http {

/// Counts of a server since it began.
struct server_stats {
    std::uint64_t connections = 0;  ///< Accepted.
    std::uint64_t refused = 0;      ///< Connections over a limit, closed at once.
    std::uint64_t requests = 0;     ///< Answered, by whatever status.
    std::uint64_t shed = 0;         ///< Of these, 503 for want of room.
    std::uint64_t vanished = 0;     ///< Requests whose client went away.
    std::uint64_t malformed = 0;    ///< Answered by an error and closed.
    std::size_t open = 0;           ///< Connections now.
    std::size_t in_flight = 0;      ///< Requests in their handlers now.
    std::size_t in_flight_peak = 0;
};

namespace detail {

/// The Date field's text, made once a second: a timer tells when it is no longer true,
/// so that nobody has to look at the clock.
class date_cache : private timer {
public:
    date_cache();
    [[nodiscard]] std::string_view text();

private:
    std::chrono::system_clock::time_point start_;  // when `begun_` was
    instant begun_;
    std::string text_;
};

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
/// Threads: its runtime's.
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
    [[nodiscard]] const server_stats& stats() const noexcept { return stats_; }
    [[nodiscard]] const http::limits& limits() const noexcept { return limits_; }

private:
    friend detail::connection;
    class open_connection;
    using address_key = net::endpoint::address_bytes;

    task<> run(handler_ref handler);
    task<> watch_for_stop();
    task<> serve_all(handler_ref handler);
    task<> accept_all(group& connections, handler_ref handler);
    task<> drain(group& connections);
    task<> serve_one(open_connection place, net::tcp_stream peer, handler_ref handler);
    [[nodiscard]] std::optional<open_connection> admit(const net::tcp_stream& peer);

    net::tcp_listener listener_;
    http::limits limits_;
    server_stats stats_;
    event draining_;
    event all_closed_;  // while draining
    event has_ended_;
    detail::memory_store spare_memory_;
    intrusive_list<detail::idle_wait> idle_;
    detail::date_cache date_;
    std::map<address_key, std::size_t> per_address_;
};

/// Listens at `where` and serves until stopped. For statistics, use `server`.
///
/// \snippet coil/http/server_test.cpp  serve in one line
template <class H>
task<> serve(net::listen_options where, H handler) {
    server whole(co_await net::listen(where));
    co_await whole.serve(std::move(handler));
}

}  // namespace coil::http
