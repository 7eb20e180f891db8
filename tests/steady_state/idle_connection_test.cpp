// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a connection costs that has been answered and waits for its next request.
#include <coil/coil.hpp>
#include <coil/runtime/io_choice.hpp>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <tests/steady_state/heap_use.hpp>
#include <unistd.h>

#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace coil;
using testing::current_heap_use;

#if !COIL_SANITIZED

namespace {

constexpr std::size_t idle_bytes_max =
    COIL_CLANG ? 1024 : 2048;  // GCC's frames are larger
constexpr std::size_t connections = 200;

/// A client of the system's own, which asks our heap nothing.
class plain_client {
public:
    explicit plain_client(std::uint16_t port)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* const to = reinterpret_cast<const sockaddr*>(&address);
        REQUIRE(::connect(socket_, to, sizeof(address)) == 0);
    }
    plain_client(plain_client&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)) {}
    ~plain_client() {
        if (socket_ >= 0) ::close(socket_);
    }
    void ask() const {
        constexpr std::string_view question = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        REQUIRE(::send(socket_, question.data(), question.size(), 0) > 0);
    }

private:
    int socket_;
};

}  // namespace

namespace {

/// Bytes of the heap that each of many connections has once it was answered.
task<std::size_t> bytes_of_an_idle_one() {
    http::server server(co_await net::listen({}));
    const auto hello = [](http::request&) -> task<http::response> {
        co_return http::response::text("hello");
    };
    std::vector<plain_client> clients;
    clients.reserve(connections + 1);
    const auto add = [&]() -> task<> {
        clients.emplace_back(server.local_endpoint().port()).ask();
        while (server.stats().requests < clients.size()) co_await yield_now();
        for (int i = 0; i < 100; ++i) co_await yield_now();
    };
    auto crowd = [&]() -> task<std::size_t> {
        co_await add();  // what is common to all
        const std::size_t before = current_heap_use().bytes;
        for (std::size_t i = 0; i < connections; ++i) co_await add();
        CHECK(server.stats().open == connections + 1);
        co_return (current_heap_use().bytes - before) / connections;
    };
    auto first = co_await race(crowd(), server.serve(hello));
    co_return first.get<0>();
}

}  // namespace

TEST_CASE("steady state: an idle HTTP connection costs a kibibyte at most") {
    for (const io_choice choice : {io_choice::epoll, io_choice::automatic}) {
        std::size_t bytes = 0;
        std::thread([&] {
            stop_recycling_frames();  // here: so every frame is counted, by its size
            current_thread_runtime runtime(make_io_driver(choice));
            bytes = runtime.run(bytes_of_an_idle_one()).take();
        }).join();
        MESSAGE("bytes of an idle connection: " << bytes);
        CHECK(bytes > 0);
        CHECK(bytes <= idle_bytes_max);
    }
}

#endif
