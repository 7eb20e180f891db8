// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/run.hpp>

#include "listen.hpp"

#include <array>
#include <string_view>

namespace {

using coil::task;

task<> echo(coil::net::tcp_stream peer) {
    try {
        std::array<std::byte, 4096> bytes;
        while (const std::size_t count = co_await peer.read(bytes)) {
            co_await coil::write_all(peer, std::span(bytes).first(count));
        }
    } catch (const std::system_error&) {
        co_return;  // the peer has gone
    }
}

task<> serve_echo() {
    auto listener = co_await coil::net::listen({});
    bench::announce(listener.local_endpoint().port());
    co_await coil::with_group([&](coil::group& connections) -> task<> {
        while (auto peer = co_await listener.next()) {
            connections.spawn(echo(std::move(*peer)));
        }
    });
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view kind = count == 2 ? arguments[1] : "";
    if (kind != "echo") {
        std::fprintf(stderr, "usage: %s echo\n", arguments[0]);
        return 2;
    }
    coil::run(serve_echo());
}
