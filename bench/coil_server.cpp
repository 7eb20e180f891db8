// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/http/server.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/current_thread.hpp>
#include <coil/runtime/io_choice.hpp>
#include <coil/runtime/multi_thread.hpp>

#include "listen.hpp"

#include <array>
#include <limits>
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

coil::http::response say_hello(coil::http::request&) {
    return coil::http::response::text("Hello, World!");
}

task<> serve_http() {
    coil::http::limits limits;  // the others let a connection live for ever
    limits.requests_per_connection_max = std::numeric_limits<std::size_t>::max();
    coil::http::server server(co_await coil::net::listen({}), limits);
    bench::announce(server.local_endpoint().port());
    co_await server.serve(say_hello);
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view kind = count >= 2 ? arguments[1] : "";
    if (kind != "echo" && kind != "http") {
        std::fprintf(stderr, "usage: %s echo|http [epoll|uring|two-threads]\n",
                     arguments[0]);
        return 2;
    }
    task<> work = kind == "echo" ? serve_echo() : serve_http();
    if (count >= 3 && std::string_view(arguments[2]) == "two-threads") {
        coil::multi_thread_runtime runtime({.workers = 2});
        runtime.run(std::move(work)).take();
        return 0;
    }
    const auto driver = coil::io_choice_of(count >= 3 ? arguments[2] : nullptr);
    coil::current_thread_runtime runtime(coil::make_io_driver(driver));
    runtime.run(std::move(work)).take();
}
