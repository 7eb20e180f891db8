// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What only io_uring's driver can get wrong: shared buffers, full rings, requests that
// outlive their sockets, and a ring that belongs to one thread of one process.
#include <coil/base/reached.hpp>
#include <coil/core/group.hpp>
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/io_choice.hpp>
#include <coil/runtime/run.hpp>
#include <coil/testing/denied_uring.hpp>
#include <coil/time/sleep.hpp>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <tests/net/connected.hpp>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace coil;
using namespace std::chrono_literals;

namespace {

/// Whether to go on; elsewhere these tests have nothing to say.
bool has_uring() {
    if (testing::is_uring_allowed()) return true;
    MESSAGE("there is no io_uring here");
    return false;
}

current_thread_runtime on_uring() {
    return current_thread_runtime(make_io_driver(io_choice::uring));
}

task<std::vector<net::connected>> connect_many(std::size_t count) {
    auto listener = co_await net::listen({});
    std::vector<net::connected> all;
    while (all.size() < count) all.push_back(co_await net::connect_to(listener));
    co_return all;
}

task<bool> says(net::tcp_stream& from, net::tcp_stream& to, std::string words) {
    co_await write_all(from, words);
    std::string heard(words.size(), '\0');
    const bool is_whole =
        co_await read_exactly(to, std::as_writable_bytes(std::span(heard)));
    co_return is_whole&& heard == words;
}

/// A client that knows nothing of coil.
class plain_client {
public:
    explicit plain_client(net::endpoint server)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(server.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    }
    plain_client(const plain_client&) = delete;
    plain_client& operator=(const plain_client&) = delete;
    ~plain_client() { ::close(socket_); }

    [[nodiscard]] bool is_connected() const { return connected_ == 0; }
    /// Whether the other end has closed, as of now.
    [[nodiscard]] bool hears_end() const {
        char byte = 0;
        return ::recv(socket_, &byte, 1, MSG_DONTWAIT) == 0;
    }

private:
    int socket_;
    int connected_ = -1;
};

/// The number that the next descriptor gets.
int next_descriptor() {
    const int next = ::dup(STDERR_FILENO);
    ::close(next);
    return next;
}

task<> stopped_read(net::tcp_stream& from) {
    std::array<std::byte, 16> piece;
    auto winner = co_await race(from.read(piece), yield_now());
    CHECK(winner.index() == 1);
}

}  // namespace

TEST_CASE(
    "net on io_uring: sockets that nobody reads do not keep others from reading") {
    if (!has_uring()) return;
    const auto before_full = times_reached("uring: no buffer was free");
    const auto before_enough =
        times_reached("uring: a socket that nobody reads took no more");
    auto hoards = []() -> task<> {
        auto idle = co_await connect_many(200);
        const std::string much(20'000, 'x');
        for (auto& [here, there] : idle) {
            co_await stopped_read(there);  // bytes arrive there by themselves from now
            co_await write_all(here, much);
        }
        auto busy = co_await connect_many(1);
        for (int i = 0; i < 10; ++i) {
            CHECK(co_await says(busy[0].here, busy[0].there, "still alive"));
        }
        for (auto& [here, there] : idle) {
            here.shutdown();
            buffer heard;
            while (co_await read_some(there, heard) != 0) {}
            REQUIRE(heard.text() == much);
        }
    };
    on_uring().run(hoards()).take();
    CHECK(times_reached("uring: no buffer was free") > before_full);
    CHECK(times_reached("uring: a socket that nobody reads took no more") >
          before_enough);
}

TEST_CASE(
    "net on io_uring: more sockets may begin to wait in a turn than the ring has "
    "entries") {
    if (!has_uring()) return;
    const auto before = times_reached("ring: no entry was free");
    auto waits = []() -> task<> {
        auto all = co_await connect_many(400);
        auto reads = [](net::tcp_stream& from) -> task<> {
            std::array<std::byte, 16> piece;
            CHECK(co_await from.read(piece) == 1);
        };
        co_await with_group([&](auto& group) -> task<> {
            for (auto& [here, there] : all) group.spawn(reads(there));
            co_await yield_now();
            for (auto& [here, there] : all) co_await write_all(here, "x");
        });
    };
    on_uring().run(waits()).take();
    CHECK(times_reached("ring: no entry was free") > before);
}

TEST_CASE("net on io_uring: a socket that is closed tells its peer at once") {
    if (!has_uring()) return;
    auto closes = []() -> task<> {
        auto listener = co_await net::listen({});
        const plain_client client(listener.local_endpoint());
        auto peer = co_await listener.next();
        co_await stopped_read(*peer);
        co_await race(peer->wait_closed(), yield_now());
        co_await yield_now();
        CHECK_FALSE(client.hears_end());
        peer->close();
        CHECK(client.hears_end());
    };
    on_uring().run(closes()).take();
}

TEST_CASE("net on io_uring: a listener that is closed refuses at once") {
    if (!has_uring()) return;
    auto closes = []() -> task<> {
        auto listener = co_await net::listen({});
        const auto server = listener.local_endpoint();
        auto winner = co_await race(listener.next(), yield_now());
        CHECK(winner.index() == 1);
        listener.close();
        CHECK_FALSE(plain_client(server).is_connected());
    };
    on_uring().run(closes()).take();
}

TEST_CASE("net on io_uring: nobody is taken while nobody waits for a connection") {
    if (!has_uring()) return;
    auto stops = []() -> task<> {
        auto listener = co_await net::listen({});
        auto winner = co_await race(listener.next(), coil::sleep(1ms));
        CHECK(winner.index() == 1);
        std::vector<std::unique_ptr<plain_client>> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(
                std::make_unique<plain_client>(listener.local_endpoint()));
        }
        const int before = next_descriptor();
        co_await coil::sleep(1ms);
        CHECK(next_descriptor() == before);
        for (int i = 0; i < 20; ++i) {
            const bool is_there = (co_await listener.next()).has_value();
            CHECK(is_there);
        }
    };
    on_uring().run(stops()).take();
}

TEST_CASE("net on io_uring: a runtime may be made on one thread and run on another") {
    if (!has_uring()) return;
    auto runtime = on_uring();
    bool is_heard = false;
    auto talks = [&]() -> task<> {
        auto both = co_await connect_many(1);
        is_heard = co_await says(both[0].here, both[0].there, "over here");
    };
    std::thread([&] { runtime.run(talks()).take(); }).join();
    CHECK(is_heard);
}

TEST_CASE("net on io_uring: a forked child may run its own, and leaves ours alone") {
    if (!has_uring()) return;
    auto runtime = on_uring();
    std::vector<net::connected> ours;
    auto begins = [&]() -> task<> {
        ours = co_await connect_many(1);
        co_await stopped_read(ours[0].there);
    };
    runtime.run(begins()).take();
    const pid_t child = ::fork();
    if (child == 0) {
        bool is_heard = false;
        auto talks = [&]() -> task<> {
            auto both = co_await connect_many(1);
            is_heard = co_await says(both[0].here, both[0].there, "a child");
        };
        on_uring().run(talks()).take();
        ::_exit(is_heard ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    auto goes_on = [&]() -> task<> {
        auto& [here, there] = ours[0];
        CHECK(co_await says(here, there, "still ours"));
    };
    runtime.run(goes_on()).take();
    ours.clear();
}
