// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shop that takes orders: JSON over HTTP, SQLite, a live feed. See ./x run.
#include "service.hpp"
#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

struct options {
    std::uint16_t port = 8080;
    std::string database = "orders.sqlite";
    std::size_t in_flight = 512;
    std::uint32_t drain = 20;
    unsigned threads = 1;
};

coil::task<coil::net::tcp_listener> listen(std::uint16_t port) {
    try {
        co_return co_await coil::net::listen({.port = port});
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::address_in_use) throw;
        std::printf("port %u is taken, so another one is used\n", unsigned{port});
    }
    co_return co_await coil::net::listen({.port = 0});
}

coil::task<> serve(const options& chosen) {
    orders::store store(chosen.database);
    orders::service shop(store);
    coil::http::limits limits;
    limits.requests_in_flight_max = chosen.in_flight;
    limits.drain_timeout = std::chrono::seconds(chosen.drain);
    coil::http::server server(co_await listen(chosen.port), limits);
    const std::string address = to_string(server.local_endpoint());
    std::printf("listening on http://%s/\n", address.c_str());
    std::fflush(stdout);
    co_await server.serve(shop.handler());  // until Ctrl-C, and everyone is gone
    std::printf(
        "closed: %ju requests answered, %zu connections left, "
        "begun %ju = committed %ju + rolled back %ju\n",
        std::uintmax_t{server.stats().requests}, server.stats().open,
        std::uintmax_t{store.begun.load()}, std::uintmax_t{store.committed.load()},
        std::uintmax_t{store.rolled_back.load()});
}

// The same work on one thread or on many: it never asks.
void run(coil::task<> work, unsigned threads) {
    if (threads == 1) return coil::run(std::move(work), {.stop_on_signals = true});
    coil::multi_thread_runtime runtime({.workers = threads, .stop_on_signals = true});
    const auto ended = runtime.run(std::move(work));
    if (ended.has_error()) std::rethrow_exception(ended.error());
}

}  // namespace

int main(int argc, char** argv) {
    options chosen;
    CLI::App app{"a shop that takes orders"};
    app.add_option("--port", chosen.port, "port on the loopback address");
    app.add_option("--database", chosen.database, "SQLite file, made if missing");
    app.add_option("--in-flight", chosen.in_flight, "requests at once before 503");
    app.add_option("--drain", chosen.drain, "seconds to finish in after Ctrl-C");
    app.add_option("--threads", chosen.threads, "that serve; 0: one per processor");
    CLI11_PARSE(app, argc, argv);
    try {
        run(serve(chosen), chosen.threads);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "orders: %s\n", error.what());
        return 1;
    }
    std::printf("frames alive: %zu\n", coil::count_frames().alive);
    return coil::count_frames().alive == 0 ? 0 : 1;
}
