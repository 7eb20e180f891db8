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

namespace detail {

memory_store::memory_store(const limits& of) : limits_(of) {
    kept_.reserve(kept_max);  // so that giving back needs no memory
}

memory_store::memory memory_store::take() {
    if (kept_.empty()) return std::make_unique<working_memory>(limits_);
    memory kept = std::move(kept_.back());
    kept_.pop_back();
    return kept;
}

void memory_store::give_back(memory used) noexcept {
    if (kept_.size() == kept_max) return;
    used->parser.reset();
    // More is seldom used again.
    if (used->output.capacity() > working_memory::output_kept_max)
        std::string().swap(used->output);
    used->output.clear();
    used->unread = {};
    used->sent = 0;
    kept_.push_back(std::move(used));
}

date_cache::date_cache()
    : timer([](timer& due) noexcept { static_cast<date_cache&>(due).text_.clear(); }),
      // tidy: HTTP's dates are calendar time, which no driver has
      start_(std::chrono::system_clock::now()),
      begun_(now()) {
    text_.reserve(sizeof "Sun, 06 Nov 1994 08:49:37 GMT");  // so each is whole
}

std::string_view date_cache::text() {
    if (!text_.empty()) return text_;
    const auto wall =
        std::chrono::floor<std::chrono::seconds>(start_ + (now() - begun_));
    append_date(text_, wall);
    const instant no_more_at = begun_ + (wall + std::chrono::seconds(1) - start_);
    strand::current()->runs_on().timers()->arm(*this, no_more_at);
    return text_;
}

}  // namespace detail

server::server(net::tcp_listener listener, http::limits limits)
    : listener_(std::move(listener)),
      limits_(limits),
      spare_memory_(limits_) {}

void server::start_drain() noexcept {
    draining_.set();
}

// A stop is heard here and passed on gently; the connections themselves are shielded.
task<> server::run(handler_ref handler) {
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
        while (detail::idle_wait* const idle = idle_.pop_front()) {
            if (!COIL_PLANTED(idle_stays)) idle->tell();
        }
        co_await drain(connections);
    });
}

task<> server::drain(group& connections) {
    if (stats_.open == 0) all_closed_.set();
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
    open_connection(server& owner, const address_key& from)
        : server_(&owner),
          address_(owner.per_address_.try_emplace(from, 0).first) {
        ++address_->second;
        ++server_->stats_.open;
        ++server_->stats_.connections;
    }
    open_connection(open_connection&& other) noexcept
        : server_(std::exchange(other.server_, nullptr)),
          address_(other.address_) {}
    open_connection& operator=(open_connection&&) = delete;
    ~open_connection() {
        if (server_ == nullptr) return;
        if (--address_->second == 0) server_->per_address_.erase(address_);
        if (--server_->stats_.open == 0 && !server_->listener_.is_open()) {
            server_->all_closed_.set();
        }
    }

private:
    server* server_;
    std::map<address_key, std::size_t>::iterator address_;
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
        const address_key key = key_of(from);
        const auto found = per_address_.find(key);
        const bool has_room =
            stats_.open < limits_.connections_max &&
            (is_loopback(from) ||  // a proxy of this machine speaks for many
             found == per_address_.end() ||
             found->second < limits_.connections_per_address_max);
        if (has_room) return open_connection(*this, key);
        ++stats_.refused;
    } catch (const std::system_error&) {
        ++stats_.connections;
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
            ++stats_.refused;
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
