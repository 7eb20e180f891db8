// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/planted.hpp>
#include <coil/net/detail/open_socket.hpp>
#include <coil/net/detail/socket_address.hpp>
#include <coil/net/resolve.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/time/sleep.hpp>

#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace coil::net {

namespace {

constexpr std::chrono::milliseconds pause_first{5};
constexpr std::chrono::milliseconds pause_longest{1000};
constexpr int failures_at_once_max = 64;  // whatever they are about, it is not one peer

bool is_short_of_something(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
           error == ENOSR;
}

// What went wrong with one connection before it was taken; see accept(2).
bool is_about_one_connection(int error) noexcept {
    switch (error) {
        case ECONNABORTED: return !COIL_PLANTED(an_aborted_one_ends_all);
        case ENETDOWN:
        case EPROTO:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case EOPNOTSUPP:
        case ENETUNREACH:
        case ECONNRESET:
        case ETIMEDOUT:
        case EPERM: return true;
        default: return false;
    }
}

}  // namespace

class tcp_listener::accept_leaf : public io_leaf<accept_leaf> {
public:
    static constexpr const char* what = "tcp accept";
    explicit accept_leaf(const io_handle& on) noexcept
        : io_leaf(kind::accept, on, nullptr, 0) {}
    /// A connection, or an error number.
    struct accepted {
        io_handle socket;
        int error = 0;
    };
    accepted await_resume() const {
        if (result < 0) return {.socket = {}, .error = static_cast<int>(-result)};
        return {.socket = io_handle(driver(), static_cast<int>(result))};
    }
};

task<std::optional<tcp_stream>> tcp_listener::next() {
    auto pause = pause_first;
    for (int failures = 1; !is_closed_; ++failures) {
        int error = 0;
        try {
            auto taken = co_await accept_leaf(socket_);
            if (taken.error == 0) co_return tcp_stream(std::move(taken.socket));
            error = taken.error;
        } catch (const std::bad_alloc&) {
            error = ENOMEM;
        }
        if (is_closed_) break;
        const bool is_short = is_short_of_something(error);
        if (!is_short && !is_about_one_connection(error)) {
            throw_system_error(error, accept_leaf::what);
        }
        if (is_short || failures >= failures_at_once_max) {
            if (!COIL_PLANTED(accept_spins)) co_await sleep(pause);
            pause = std::min(2 * pause, pause_longest);
        }
    }
    socket_.close();
    co_return std::nullopt;
}

void tcp_listener::close() noexcept {
    is_closed_ = true;
    if (!socket_.is_awaited()) {
        socket_.close();
    } else {
        ::shutdown(socket_.descriptor(), SHUT_RD);  // accept answers EINVAL now
    }
}

endpoint tcp_listener::local_endpoint() const {
    detail::socket_address address;
    if (::getsockname(socket_.descriptor(), address.get(), address.room()) != 0) {
        throw_system_error(errno, "getsockname");
    }
    return address.to_endpoint();
}

task<tcp_listener> listen(listen_options at) {
    const std::vector<endpoint> found = co_await resolve(std::move(at.host), at.port);
    detail::socket_address address(found.front());
    io_handle socket = detail::open_socket(address.family());
    const int descriptor = socket.descriptor();
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (at.shares_port) {
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    }
    // Its connections inherit these. Urgent bytes stay in their place (RFC 6093): else
    // we would read other bytes than whoever guards us.
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ::setsockopt(descriptor, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
    detail::find_silent_deaths(descriptor);
    if (address.family() == AF_INET6) {  // "::" takes IPv4, too, whatever the default
        const int off = 0;
        ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    }
    if (::bind(descriptor, address.get(), address.size()) != 0) {
        throw_system_error(errno, "bind");
    }
    if (::listen(descriptor, at.backlog) != 0) throw_system_error(errno, "listen");
    co_return tcp_listener(std::move(socket));
}

}  // namespace coil::net
