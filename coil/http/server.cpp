// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/strand.hpp>
#include <coil/http/detail/connection.hpp>
#include <coil/http/server.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>

#include <algorithm>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

namespace coil::http {

server::server(net::tcp_listener listener, http::limits limits)
    : listener_(std::move(listener)),
      limits_(limits),
      shared_(limits_) {
    share_if_parallel();  // as others may ask for stats() before run() begins
}

void server::share_if_parallel() noexcept {
    const strand* const here = strand::current();
    if (here != nullptr && here->is_parallel()) shared_.share();
}

void server::start_drain() noexcept {
    draining_.set();
}

// A stop is heard here and passed on gently; the connections themselves are shielded.
task<> server::run(handler_ref handler) {
    share_if_parallel();  // if it was made outside of a runtime
    if (COIL_PLANTED(stops_cut_answers)) co_return co_await serve_all(handler);
    co_await join(watch_for_stop(), shield(serve_all(handler)));
}

task<> server::watch_for_stop() {
    const outcome<> ended = co_await as_outcome(has_ended_.wait());
    if (ended.is_stopped()) start_drain();
}

namespace {
struct set_at_exit {
    event& ended;
    ~set_at_exit() { ended.set(); }
};
}  // namespace

task<> server::serve_all(handler_ref handler) {
    const set_at_exit end{has_ended_};
    co_await with_group([&](group& connections) -> task<> {
        co_await race(accept_all(connections, handler), draining_.wait());
        listener_.close();
        start_drain();
        if (!COIL_PLANTED(idle_stays)) shared_.idle().tell_all();
        co_await drain(connections);
    });
}

task<> server::drain(group& connections) {
    if (shared_.close_all()) all_closed_.set();
    const bool has_drained =
        co_await with_timeout(limits_.drain_timeout, all_closed_.wait());
    if (has_drained || COIL_PLANTED(drains_for_ever)) co_return;
    connections.request_stop();
    const bool has_ended =
        co_await with_timeout(limits_.stop_timeout, all_closed_.wait());
    if (!has_ended) connections.request_stop(stop_level::hard);
}

// One connection's place in the counts, from the moment it is taken.
class server::open_connection {
public:
    open_connection(server& owner, detail::shared_state::place taken) noexcept
        : server_(&owner),
          taken_(taken) {}
    open_connection(open_connection&& other) noexcept
        : server_(std::exchange(other.server_, nullptr)),
          taken_(other.taken_) {}
    open_connection& operator=(open_connection&&) = delete;
    ~open_connection() {
        if (server_ != nullptr && server_->shared_.close(taken_))
            server_->all_closed_.set();
    }

private:
    server* server_;
    detail::shared_state::place taken_;
};

namespace {

using address_key = net::endpoint::address_bytes;

constexpr std::chrono::milliseconds pause_without_memory{10};

// What one subscriber has: an IPv4 address, or a /64 of IPv6.
address_key key_of(const net::endpoint& at) noexcept {
    address_key key = at.address();
    if (at.version() == net::endpoint::family::v6) std::fill_n(key.begin() + 8, 8, 0);
    return key;
}

bool is_loopback(const net::endpoint& at) noexcept {
    if (at.version() == net::endpoint::family::v4) return at.address()[0] == 127;
    address_key loopback = {};
    loopback.back() = 1;
    return at.address() == loopback;
}

}  // namespace

// Empty: there is no room for it, or it has gone already.
std::optional<server::open_connection> server::admit(const net::tcp_stream& peer) {
    try {
        const net::endpoint from = peer.peer();
        // A proxy of this machine speaks for many.
        const auto place = shared_.try_open(key_of(from), is_loopback(from));
        if (place) return open_connection(*this, *place);
    } catch (const std::system_error&) {
        shared_.count(&server_stats::connections);
    }
    return std::nullopt;
}

task<> server::accept_all(group& connections, handler_ref handler) {
    for (;;) {
        try {
            auto peer = co_await listener_.next();
            if (!peer) co_return;
            if (auto place = admit(*peer)) {
                connections.spawn(
                    serve_one(std::move(*place), std::move(*peer), handler));
            }
            continue;
        } catch (const std::bad_alloc&) {  // that connection's end only
            shared_.count(&server_stats::refused);
        }
        co_await sleep(pause_without_memory);
    }
}

task<> server::serve_one(open_connection, net::tcp_stream peer, handler_ref handler) {
    try {
        peer.set_nodelay(true);
        detail::connection whole(*this, peer, handler);
        co_await whole.run();
    } catch (...) {  // memory ran out, or so: this connection's end only
        co_return;
    }
}

}  // namespace coil::http
