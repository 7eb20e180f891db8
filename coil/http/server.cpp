// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/http/detail/connection.hpp>
#include <coil/http/server.hpp>
#include <coil/time/timeout.hpp>

#include <system_error>

namespace coil::http {

namespace detail {

buffer_store::buffer buffer_store::take() {
    if (kept_.empty()) return std::make_unique_for_overwrite<char[]>(size);
    buffer kept = std::move(kept_.back());
    kept_.pop_back();
    return kept;
}

void buffer_store::give_back(buffer used) noexcept {
    if (kept_.size() < kept_max) kept_.push_back(std::move(used));
}

// tidy: HTTP's dates are calendar time, which no driver has
date_cache::date_cache() : start_(std::chrono::system_clock::now()), begun_(now()) {}

std::string_view date_cache::text() {
    const instant current = now();
    if (current >= next_ || text_.empty()) {
        const auto passed = current - begun_;
        const auto wall = std::chrono::floor<std::chrono::seconds>(start_ + passed);
        text_ = format_date(wall);
        next_ = begun_ + (wall + std::chrono::seconds(1) - start_);
    }
    return text_;
}

}  // namespace detail

server::server(net::tcp_listener listener, http::limits limits)
    : listener_(std::move(listener)),
      limits_(limits) {}

void server::start_drain() noexcept {
    draining_.set();
    if (stats_.open == 0) all_closed_.set();
}

// A stop is heard here and passed on gently; the connections themselves are shielded.
task<> server::run(handler_ref handler) {
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
        co_await drain(connections);
    });
}

task<> server::drain(group& connections) {
    const bool has_drained =
        co_await with_timeout(limits_.drain_timeout, all_closed_.wait());
    if (!has_drained) connections.request_stop();
}

// One connection's place in the counts.
class server::open_connection {
public:
    open_connection(server& owner, const net::tcp_stream& peer)
        : server_(owner),
          address_(
              owner.per_address_.try_emplace(peer.peer().address(), 0).first) {
        ++address_->second;
        ++server_.stats_.open;
        ++server_.stats_.connections;
    }
    open_connection(const open_connection&) = delete;
    open_connection& operator=(const open_connection&) = delete;
    ~open_connection() {
        if (--address_->second == 0) server_.per_address_.erase(address_);
        if (--server_.stats_.open == 0 && server_.draining_.is_set()) {
            server_.all_closed_.set();
        }
    }

private:
    server& server_;
    std::map<net::endpoint::address_bytes, std::size_t>::iterator address_;
};

namespace {
bool is_loopback(const net::endpoint& at) noexcept {
    if (at.version() == net::endpoint::family::v4) return at.address()[0] == 127;
    net::endpoint::address_bytes loopback = {};
    loopback.back() = 1;
    return at.address() == loopback;
}
}  // namespace

bool server::has_room_for(const net::tcp_stream& peer) {
    if (stats_.open >= limits_.connections_max) return false;
    const net::endpoint from = peer.peer();
    if (is_loopback(from)) return true;  // a proxy of this machine speaks for many
    const auto found = per_address_.find(from.address());
    return found == per_address_.end() ||
           found->second < limits_.connections_per_address_max;
}

task<> server::accept_all(group& connections, handler_ref handler) {
    while (auto peer = co_await listener_.next()) {
        if (has_room_for(*peer)) {
            connections.spawn(serve_one(std::move(*peer), handler));
        } else {
            ++stats_.refused;
        }
    }
}

task<> server::serve_one(net::tcp_stream peer, handler_ref handler) {
    try {
        const open_connection counted(*this, peer);
        peer.set_nodelay(true);
        detail::connection whole(*this, std::move(peer), handler);
        co_await whole.run();
    } catch (
        const std::system_error&) {  // the peer broke off: this connection's end only
        co_return;
    }
}

}  // namespace coil::http
