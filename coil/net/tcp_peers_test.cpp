// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Peers that do what coil's own sockets do not: urgent data, closing by halves.
#include <coil/core/join.hpp>
#include <coil/core/yield.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/run.hpp>
#include <coil/time/timeout.hpp>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

using namespace coil;
using namespace std::chrono_literals;

namespace {

/// A client's socket as the system knows it. It connects to loopback, where a
/// listener's queue takes it at once.
class plain_client {
public:
    explicit plain_client(const net::endpoint& to)
        : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(to.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address),
                          sizeof(address)) == 0);
    }
    plain_client(const plain_client&) = delete;
    plain_client& operator=(const plain_client&) = delete;
    ~plain_client() { close(); }

    void send(std::string_view bytes, int flags = 0) const {
        REQUIRE(::send(descriptor_, bytes.data(), bytes.size(), flags) ==
                static_cast<ssize_t>(bytes.size()));
    }
    void shutdown() const { ::shutdown(descriptor_, SHUT_WR); }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }

private:
    int descriptor_;
};

/// Runs `talk(server, client)` over one connection; fails if it hangs.
template <class Talk>
void with_plain_client(const Talk& talk) {
    const auto whole = [&]() -> task<> {
        auto listener = co_await net::listen({});
        plain_client client(listener.local_endpoint());
        auto server = co_await listener.next();
        const bool has_ended = co_await with_timeout(10s, talk(*server, client));
        CHECK(has_ended);
    };
    run(whole());
}

task<std::string> read_to(net::tcp_stream& from, std::size_t size) {
    std::string seen;
    std::array<std::byte, 64> room;
    while (seen.size() < size) {
        const std::size_t count = co_await from.read(room);
        if (count == 0) break;
        seen.append(reinterpret_cast<const char*>(room.data()), count);
    }
    co_return seen;
}

task<> give_way() {
    for (int i = 0; i < 20; ++i) co_await yield_now();
}

}  // namespace

TEST_CASE("tcp_stream: urgent bytes are read in their place, and stop no read") {
    with_plain_client([](net::tcp_stream& server, plain_client& client) -> task<> {
        const auto writes = [&client]() -> task<> {
            co_await give_way();  // the read waits
            client.send("abc");
            client.send("d", MSG_OOB);
            client.send("efg");
            client.send("h", MSG_OOB);
            client.send("ijk");
            co_return;
        };
        auto [seen, done] = co_await join(read_to(server, 11), writes());
        CHECK(seen == "abcdefghijk");
        client.send("lmn");
        const std::string more = co_await read_to(server, 3);
        CHECK(more == "lmn");
    });
}

TEST_CASE("tcp_stream: urgent bytes alone neither wake in vain nor get lost") {
    with_plain_client([](net::tcp_stream& server, plain_client& client) -> task<> {
        const auto writes = [&client]() -> task<> {
            co_await give_way();
            client.send("!", MSG_OOB);
        };
        auto [seen, done] = co_await join(read_to(server, 1), writes());
        CHECK(seen == "!");
        const auto none = co_await with_timeout(10ms, read_to(server, 1));
        CHECK_FALSE(none.has_value());
    });
}

TEST_CASE("tcp_stream: a peer that shuts down writing is closed, and not gone") {
    with_plain_client([](net::tcp_stream& server, plain_client& client) -> task<> {
        client.shutdown();
        co_await server.wait_closed();
        const bool is_gone = co_await with_timeout(10ms, server.wait_gone());
        CHECK_FALSE(is_gone);
        CHECK(server.try_write(std::as_bytes(std::span("x", 1))) == 1);
        const bool is_gone_now = co_await with_timeout(10ms, server.wait_gone());
        CHECK_FALSE(is_gone_now);
    });
}

TEST_CASE("tcp_stream: a peer that has closed is gone once something is written") {
    with_plain_client([](net::tcp_stream& server, plain_client& client) -> task<> {
        client.close();
        co_await server.wait_closed();
        CHECK(server.try_write(std::as_bytes(std::span("x", 1))) == 1);
        co_await server.wait_gone();
        CHECK(server.try_write(std::as_bytes(std::span("x", 1))) == 0);
    });
}

TEST_CASE("tcp_listener: an IPv4 peer of an IPv6 listener has its IPv4 address") {
    const auto compares = []() -> task<> {
        auto listener = co_await net::listen({.host = "::"});
        plain_client client(listener.local_endpoint());
        const auto server = co_await listener.next();
        CHECK(server->peer().version() == net::endpoint::family::v4);
        CHECK(to_string(server->peer()).starts_with("127.0.0.1:"));
        CHECK(to_string(server->local_endpoint()).starts_with("127.0.0.1:"));
    };
    run(compares());
}
