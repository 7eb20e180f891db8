// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! [echo]
#include <coil/coil.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <system_error>

using namespace std::chrono_literals;

coil::task<> echo(coil::net::tcp_stream peer) {
    std::array<std::byte, 4096> buffer;
    try {
        while (auto count = co_await peer.read(buffer)) {  // 0: the peer has ended
            co_await coil::write_all(peer, std::span(buffer).first(count));
        }
    } catch (const std::system_error&) {
        // This peer broke off; an error that got out would stop the others, too.
    }
}

coil::task<> serve(coil::net::tcp_listener& listener) {
    co_await coil::with_group([&](coil::group& group) -> coil::task<> {
        while (auto peer = co_await listener.next()) {
            group.spawn(echo(std::move(*peer)));
        }
    });
}
//! [echo]

//! [client]
coil::task<> talk(std::uint16_t port) {
    auto server = co_await coil::net::connect({.host = "127.0.0.1", .port = port});
    co_await coil::write_all(server, "one\ntwo\n");
    server.shutdown();  // nothing more will be written
    coil::lines answers(server);
    while (auto line = co_await answers.next())
        std::printf("echo: %s\n", line->c_str());
}

coil::task<> echo_and_talk() {
    auto listener = co_await coil::net::listen({.port = 0});  // 0: any free port
    const std::uint16_t port = listener.local_endpoint().port();
    co_await coil::race(serve(listener),
                        talk(port));  // the server stops after the talk
}
//! [client]

//! [errors]
coil::task<> errors() {
    try {
        auto nobody = co_await coil::net::connect({.host = "127.0.0.1", .port = 1});
        co_await coil::write_all(nobody, "hello");
    } catch (const std::system_error& error) {
        std::printf("%s\n", error.code() == std::errc::connection_refused
                                ? "nobody listens there"
                                : error.what());
    }
}
//! [errors]

//! [http]
using coil::http::request;
using coil::http::response;

coil::task<response> route(request& asked) {
    if (asked.path() == "/hello") co_return response::text("hello\n");
    if (asked.path() == "/echo") co_return response::text(co_await asked.read_body());
    if (asked.path() == "/secret") {
        throw coil::http::status_error(coil::http::status::forbidden, "no\n");
    }
    co_return response::not_found();
}

coil::task<response> logged(request& asked, const auto& next) {
    response made = co_await next(asked);
    std::printf("%.*s: %u\n", static_cast<int>(asked.path().size()),
                asked.path().data(), to_number(made.status));
    co_return made;
}
//! [http]

//! [http server]
coil::task<> get(std::uint16_t port, std::string path) {
    auto server = co_await coil::net::connect({.port = port});
    co_await coil::write_all(server, "GET " + path +
                                         " HTTP/1.1\r\n"
                                         "Host: localhost\r\n"
                                         "Connection: close\r\n\r\n");
    coil::lines answer(server);
    if (auto line = co_await answer.next()) std::printf("  %s\n", line->c_str());
}

coil::task<> http() {
    auto trace = [](request& asked, const auto& next) { return logged(asked, next); };
    coil::http::server shop(co_await coil::net::listen({.port = 0}),
                            {.handler_timeout = 2s});
    const std::uint16_t port = shop.local_endpoint().port();
    auto clients = [port]() -> coil::task<> {
        for (std::string path : {"/hello", "/secret", "/nothing"}) {
            co_await get(port, path);
        }
    };
    co_await coil::race(shop.serve(coil::http::layers(trace, route)), clients());
    std::printf("%d requests\n", static_cast<int>(shop.stats().requests));
}
//! [http server]

//! [one line]
coil::task<> serve_hello() {
    co_await coil::http::serve({.port = 8080}, route);
}
//! [one line]

//! [signals]
coil::task<> reload() {
    coil::signals hang_ups({SIGHUP});  // from here on SIGHUP does not end the program
    std::raise(SIGHUP);                // stands for: kill -HUP
    (void)co_await hang_ups.next();    // a stream of their numbers
    std::puts("reloaded");
}
//! [signals]

coil::task<> all() {
    co_await echo_and_talk();
    co_await errors();
    co_await http();
    co_await reload();
}

//! [main]
int main() {
    coil::run(all(), {.stop_on_signals = true});  // Ctrl-C asks everything to stop
}
//! [main]
