// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An echo server. Run it as echo [port]; talk to it with: nc 127.0.0.1 7000
#include <coil/coil.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>

//! [echo]
coil::task<> echo(coil::net::tcp_stream peer) {
    std::array<std::byte, 4096> buffer;
    try {
        while (auto count = co_await peer.read(buffer)) {
            co_await coil::write_all(peer, std::span(buffer).first(count));
        }
    } catch (const std::system_error&) {
        // This peer broke off; an error that got out would stop the others, too.
    }
}

coil::task<> serve(std::uint16_t port) {
    auto listener = co_await coil::net::listen({.port = port});
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        while (auto peer = co_await listener.next()) {
            group.spawn(echo(std::move(*peer)));
        }
    });  // when the group ends, every connection has ended: on success, error or Ctrl-C
}
//! [echo]

int main(int argc, char** argv) {
    const int port = argc > 1 ? std::atoi(argv[1]) : 7000;
    try {
        coil::run(serve(static_cast<std::uint16_t>(port)), {.stop_on_signals = true});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "echo: %s\n", error.what());
        return 1;
    }
}
