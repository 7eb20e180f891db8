// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/net/detail/open_socket.hpp>
#include <coil/net/detail/socket_address.hpp>
#include <coil/net/resolve.hpp>
#include <coil/net/tcp_stream.hpp>

#include <netinet/tcp.h>

#include <cerrno>
#include <vector>

namespace coil::net {

namespace {

constexpr int seconds_quiet = 60;
constexpr int seconds_between_probes = 15;
constexpr int probes_unanswered = 4;

void set_option(int descriptor, int level, int option, int value) {
    if (::setsockopt(descriptor, level, option, &value, sizeof(value)) != 0) {
        throw_system_error(errno, "setsockopt");
    }
}

class connect_leaf : public io_leaf<connect_leaf> {
public:
    static constexpr const char* what = "tcp connect";
    connect_leaf(const io_handle& on, detail::socket_address& to) noexcept
        : io_leaf(kind::connect, on, to.get(), to.size()) {}
    void await_resume() const { take_result(); }
};

}  // namespace

std::optional<std::size_t> tcp_stream::try_read(std::span<std::byte> into) {
    read_leaf once(socket_, into);
    if (!socket_.driver().try_now(once)) return std::nullopt;
    return once.await_resume();
}

std::size_t tcp_stream::try_write(std::span<const std::byte> bytes) noexcept {
    const auto count = ::send(socket_.descriptor(), bytes.data(), bytes.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void tcp_stream::shutdown() noexcept {
    ::shutdown(socket_.descriptor(), SHUT_WR);
}

void tcp_stream::abort() noexcept {
    const linger at_once = {.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_LINGER, &at_once,
                 sizeof(at_once));
    socket_.close();
}

void tcp_stream::set_nodelay(bool is_on) {
    set_option(socket_.descriptor(), IPPROTO_TCP, TCP_NODELAY, is_on ? 1 : 0);
}

endpoint tcp_stream::peer() const {
    detail::socket_address address;
    if (::getpeername(socket_.descriptor(), address.get(), address.room()) != 0) {
        throw_system_error(errno, "getpeername");
    }
    return address.to_endpoint();
}

endpoint tcp_stream::local_endpoint() const {
    detail::socket_address address;
    if (::getsockname(socket_.descriptor(), address.get(), address.room()) != 0) {
        throw_system_error(errno, "getsockname");
    }
    return address.to_endpoint();
}

void detail::find_silent_deaths(int descriptor) noexcept {
    const auto set = [&](int level, int option, int value) {
        ::setsockopt(descriptor, level, option, &value, sizeof(value));
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, seconds_quiet);
    set(IPPROTO_TCP, TCP_KEEPINTVL, seconds_between_probes);
    set(IPPROTO_TCP, TCP_KEEPCNT, probes_unanswered);
}

task<tcp_stream> connect(endpoint to) {
    detail::socket_address address(to);
    io_handle socket = detail::open_socket(address.family());
    set_option(socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket.descriptor(), SOL_SOCKET, SO_OOBINLINE, 1);
    detail::find_silent_deaths(socket.descriptor());
    co_await connect_leaf(socket, address);
    co_return tcp_stream(std::move(socket));
}

task<tcp_stream> connect(connect_options to) {
    const std::vector<endpoint> found = co_await resolve(std::move(to.host), to.port);
    for (std::size_t i = 0; i + 1 < found.size(); ++i) {
        try {
            co_return co_await connect(found[i]);
        } catch (const std::system_error&) {
            // The next address may answer; the last one's error is the caller's.
        }
    }
    co_return co_await connect(found.back());
}

}  // namespace coil::net
