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
#include <utility>
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

/// Keeps the socket while somebody waits on it or shuts it down, whoever closes the
/// listener: the last one who leaves it ends it.
class tcp_listener::use {
public:
    explicit use(tcp_listener& of) noexcept : of_(of) {
        const holding held(of.lock_);
        if (of.is_closed_) return;
        ++of.users_;
        is_allowed_ = true;
    }
    use(const use&) = delete;
    use& operator=(const use&) = delete;
    ~use() {
        if (is_allowed_) of_.leave();
    }
    [[nodiscard]] bool is_allowed() const noexcept { return is_allowed_; }

private:
    tcp_listener& of_;
    bool is_allowed_ = false;
};

tcp_listener::tcp_listener(io_handle socket) noexcept
    : lock_(socket.is_open() && socket.driver().shares_sockets()),
      socket_(std::move(socket)) {}

tcp_listener::tcp_listener(tcp_listener&& other) noexcept
    : lock_(other.lock_.has_threads()),
      socket_(std::move(other.socket_)),
      is_closed_(other.is_closed_) {
    COIL_EXPECTS(other.users_ == 0 && "a listener that is awaited cannot be moved");
}

tcp_listener& tcp_listener::operator=(tcp_listener&& other) noexcept {
    COIL_EXPECTS(users_ == 0 && other.users_ == 0 &&
                 "a listener that is awaited cannot be moved");
    lock_.expect_threads(other.lock_.has_threads());
    socket_ = std::move(other.socket_);
    is_closed_ = other.is_closed_;
    return *this;
}

task<std::optional<tcp_stream>> tcp_listener::next() {
    auto pause = pause_first;
    for (int failures = 1;; ++failures) {
        int error = 0;
        try {
            const use of_it(*this);
            if (!of_it.is_allowed()) co_return std::nullopt;
            auto taken = co_await accept_leaf(socket_);
            if (taken.error == 0) co_return tcp_stream(std::move(taken.socket));
            error = taken.error;
        } catch (const std::bad_alloc&) {
            error = ENOMEM;
        }
        if (!is_open()) co_return std::nullopt;
        const bool is_short = is_short_of_something(error);
        if (!is_short && !is_about_one_connection(error)) {
            throw_system_error(error, accept_leaf::what);
        }
        if (is_short || failures >= failures_at_once_max) {
            if (!COIL_PLANTED(accept_spins)) co_await sleep(pause);
            pause = std::min(2 * pause, pause_longest);
        }
    }
}

void tcp_listener::leave() noexcept {
    io_handle unused;  // ends without the lock
    const holding held(lock_);
    if (--users_ == 0 && is_closed_) unused = std::move(socket_);
}

void tcp_listener::close() noexcept {
    bool is_awaited = false;
    {
        const holding held(lock_);
        if (std::exchange(is_closed_, true)) return;
        is_awaited = users_++ > 0;
    }
    if (is_awaited) ::shutdown(socket_.descriptor(), SHUT_RD);  // accept ends: EINVAL
    leave();
}

bool tcp_listener::is_open() const noexcept {
    const holding held(lock_);
    return !is_closed_;
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
