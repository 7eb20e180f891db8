// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/own.hpp>
#include <coil/http/server.hpp>
#include <coil/sync/event.hpp>

#include <doctest/doctest.h>
#include <tests/http/wire_client.hpp>

#include <string>

using namespace coil;
using namespace coil::http;

namespace {

/// What a request holds: its drop waits, as a database's would.
struct lease {
    int* dropped;
    task<> async_drop() {
        co_await yield_now();
        ++*dropped;
    }
};

task<response> echo(request& asked) {
    co_return response::text(co_await asked.read_body());
}

task<answer> ask(wire_client& c, std::string bytes) {
    co_await c.send(std::move(bytes));
    co_return co_await c.receive();
}

task<> serves_on(server& at) {
    wire_client c = co_await connect_to(at);
    const answer got = co_await ask(c, posting("still here"));
    CHECK(got.body == "still here");
}

}  // namespace

TEST_CASE("server: a client that vanishes stops its handler, which drops") {
    int dropped = 0;
    event never;
    const auto hanging = [&](request& asked) -> task<response> {
        if (asked.head().has_body()) co_return co_await echo(asked);
        co_await own(lease{&dropped});
        co_await never.wait();
        co_return response();
    };
    const auto client = [&](server& at) -> task<> {
        for (const bool is_reset : {true, false}) {
            wire_client c = co_await connect_to(at);
            co_await c.send(asking("GET /"));
            co_await until([&] { return at.stats().in_flight == 1; });
            if (is_reset)
                c.vanish();
            else
                c.stream().close();
            co_await until([&] { return at.stats().open == 0; });
            co_await serves_on(at);
            co_await until([&] { return at.stats().open == 0; });
        }
        CHECK(dropped == 2);
    };
    const server_stats seen = serve_to(hanging, client);
    CHECK(seen.vanished == 2);
    CHECK(seen.requests == 2);
}

TEST_CASE("server: a client may vanish at every byte of its requests") {
    const std::string whole =
        posting("hello") +
        asking("POST /", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n") +
        "2\r\nhi\r\n0\r\n\r\n";
    const auto client = [&whole](server& at) -> task<> {
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            for (const bool is_reset : {true, false}) {
                wire_client c = co_await connect_to(at);
                co_await c.send(whole.substr(0, size));
                if (size % 3 == 0) co_await yield_now();
                if (is_reset) c.vanish();
            }
        }
        co_await serves_on(at);
        co_await until([&] { return at.stats().open == 0; });
    };
    serve_to(echo, client);
}

TEST_CASE("server: connections that are reset before they are taken harm nobody") {
    const auto client = [](server& at) -> task<> {
        for (int i = 0; i < 20; ++i) {
            wire_client c = co_await connect_to(at);
            c.vanish();
        }
        co_await serves_on(at);
    };
    serve_to(echo, client);
}

TEST_CASE("server: clients that vanish while a stream is sent end the stream") {
    int ended = 0;
    const auto endless = [&ended](request& asked) -> task<response> {
        if (asked.head().has_body()) co_return co_await echo(asked);
        const auto pieces = [](int& count) -> generator<std::string> {
            struct at_end {
                int& count;
                ~at_end() { ++count; }
            } const end{count};
            for (;;) {
                co_yield std::string(1000, 'x');
                co_await yield_now();
            }
        };
        co_return response::streaming(pieces(ended), "text/plain");
    };
    const auto client = [&](server& at) -> task<> {
        for (int i = 1; i <= 4; ++i) {
            wire_client c = co_await connect_to(at);
            co_await c.send(asking("GET /"));
            for (int n = 0; n < i; ++n) co_await c.read_more();
            if (i % 2 == 0)
                c.vanish();
            else
                c.stream().close();
            co_await until([&] { return ended == i; });
        }
        co_await serves_on(at);
    };
    CHECK(serve_to(endless, client).vanished == 4);
}
