// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thousand connections over loopback, all open at once.
#include <coil/coil.hpp>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>

using namespace coil;

namespace {

constexpr int clients = 1000;

/// Lets this process have two descriptors for each connection, as far as it may.
void allow_descriptors() {
    rlimit now = {};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &now) == 0);
    now.rlim_cur = std::max<rlim_t>(now.rlim_cur, 2 * clients + 100);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
}

task<> answer(net::tcp_stream peer) {
    std::array<std::byte, sizeof(int)> question;
    while (co_await read_exactly(peer, question)) co_await write_all(peer, question);
}

/// Clients that ask when all of them are there, and leave when all have their answers.
struct crowd {
    task<> ask(net::endpoint server, int number) {
        auto connection = co_await net::connect(server);
        if (++connected == clients) all_there.set();
        co_await all_there.wait();
        std::array<int, 1> sent = {number};
        std::array<int, 1> answered = {};
        co_await write_all(connection, std::as_bytes(std::span(sent)));
        const bool is_whole = co_await read_exactly(
            connection, std::as_writable_bytes(std::span(answered)));
        right += is_whole && answered == sent ? 1 : 0;
        if (++asked == clients) all_answered.set();
        co_await all_answered.wait();
    }
    int connected = 0;
    int asked = 0;
    int right = 0;
    event all_there;
    event all_answered;
};

}  // namespace

TEST_CASE("net: an echo server answers a thousand clients that are there at once") {
    allow_descriptors();
    crowd asking;
    auto whole = [&]() -> task<> {
        auto listener = co_await net::listen({});
        co_await with_group([&](auto& group) -> task<> {
            for (int i = 0; i < clients; ++i)
                group.spawn(asking.ask(listener.local_endpoint(), i));
            for (int i = 0; i < clients; ++i) {
                auto peer = co_await listener.next();
                group.spawn(answer(std::move(peer.value())));
            }
        });
    };
    run(whole());
    CHECK(asking.connected == clients);
    CHECK(asking.right == clients);
}
