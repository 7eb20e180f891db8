// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/own.hpp>
#include <coil/http/server.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>
#include <tests/http/wire_client.hpp>

#include <string>
#include <vector>

using namespace coil;
using namespace coil::http;
using namespace std::chrono_literals;

namespace {

response hello(request&) {
    return response::text("hello\n");
}
task<response> echo(request& asked) {
    co_return response::text(co_await asked.read_body());
}

/// What a request holds: its drop waits, as a database's would.
struct lease {
    int* dropped;
    task<> async_drop() {
        co_await yield_now();
        ++*dropped;
    }
};

task<answer> ask(wire_client& c, std::string bytes) {
    co_await c.send(std::move(bytes));
    co_return co_await c.receive();
}

unsigned status_of(std::string_view response) {
    return response.size() < 12
               ? 0
               : static_cast<unsigned>(std::stoul(std::string(response.substr(9, 3))));
}

}  // namespace

TEST_CASE("limits: whoever passes one reads why, even while it still sends") {
    const auto client = [](server& at) -> task<> {
        const std::string megabyte(1024 * 1024, 'x');
        const std::string line = co_await told(at, "GET /" + megabyte);
        CHECK(status_of(line) == 414);
        const std::string fields =
            co_await told(at, "GET / HTTP/1.1\r\nX: " + megabyte);
        CHECK(status_of(fields) == 431);
        const std::string sized =
            co_await told(at, posting(megabyte + megabyte + megabyte));
        CHECK(status_of(sized) == 413);
        std::string chunks = asking("POST /", "Transfer-Encoding: chunked\r\n");
        for (int i = 0; i < 3; ++i) chunks += "100000\r\n" + megabyte + "\r\n";
        const std::string chunked = co_await told(at, chunks);
        CHECK(status_of(chunked) == 413);
        for (const std::string& got : {line, fields, sized, chunked}) {
            CHECK(got.find("Connection: close\r\n") != std::string::npos);
            CHECK(count_of("HTTP/1.1 ", got) == 1);
        }
    };
    CHECK(serve_to(echo, client).malformed == 4);
}

TEST_CASE("limits: a head that drips is answered with 408, however it drips") {
    limits granted;
    granted.header_timeout = 80ms;
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        wire_client other = co_await connect_to(at);
        co_await c.send("GET / HTTP/1.1\r\nX: ");
        const auto drip = [&c]() -> task<> {
            while (co_await c.send("y")) co_await coil::sleep(20ms);
        };
        auto first = co_await race(c.rest(), drip());
        REQUIRE(first.index() == 0);
        CHECK(status_of(first.get<0>()) == 408);
        const answer served = co_await ask(other, asking("GET /"));
        CHECK(served.status == 200);
    };
    serve_to(granted, hello, client);
}

TEST_CASE("limits: the time for a head begins with its first byte") {
    limits granted;
    granted.header_timeout = 50ms;
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await coil::sleep(70ms);
        const answer first = co_await ask(c, asking("GET /"));
        CHECK(first.status == 200);
        co_await coil::sleep(70ms);
        const answer second = co_await ask(c, asking("GET /") + "GET /");
        CHECK(second.status == 200);
        const answer late = co_await c.receive();
        CHECK(late.status == 408);
    };
    serve_to(granted, hello, client);
}

TEST_CASE("limits: a body that drips is answered with 408") {
    limits granted;
    granted.body_rate_grace = 40ms;
    granted.body_bytes_per_second_min = 1000;
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("POST /", "Content-Length: 1000\r\n"));
        const auto drip = [&c]() -> task<> {
            while (co_await c.send("y")) co_await coil::sleep(5ms);
        };
        auto first = co_await race(c.rest(), drip());
        REQUIRE(first.index() == 0);
        CHECK(status_of(first.get<0>()) == 408);
    };
    serve_to(granted, echo, client);
}

TEST_CASE("limits: a body that waits for its handler is not too slow") {
    limits granted;
    granted.body_rate_grace = 30ms;
    const auto late = [](request& asked) -> task<response> {
        co_await coil::sleep(60ms);
        co_return co_await echo(asked);
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(
            asking("POST /", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
        const answer interim = co_await c.receive();
        CHECK(interim.status == 100);
        const answer got = co_await ask(c, "hi");
        CHECK(got.body == "hi");
    };
    serve_to(granted, late, client);
}

TEST_CASE("limits: an idle connection is closed without a word, once its time is up") {
    limits granted;
    granted.keep_alive_timeout = 50ms;
    granted.header_timeout = 10s;
    const auto client = [](server& at) -> task<> {
        wire_client silent = co_await connect_to(at);
        wire_client c = co_await connect_to(at);
        const instant began = now();
        const answer got = co_await ask(c, asking("GET /"));
        CHECK(got.status == 200);
        const std::string rest = co_await c.rest() + co_await silent.rest();
        CHECK(rest.empty());
        CHECK(now() - began < 5s);
        co_await until([&] { return at.stats().open == 0; });
    };
    serve_to(granted, hello, client);
}

TEST_CASE("limits: the last request a connection may make is told so") {
    limits granted;
    granted.requests_per_connection_max = 3;
    const auto client = [](server& at) -> task<> {
        std::string many;
        for (int i = 0; i < 5000; ++i) many += asking("GET /");  // beyond the last one
        const std::string got = co_await told(at, many);
        CHECK(count_of("HTTP/1.1 200", got) == 3);
        CHECK(count_of("Connection: close", got) == 1);
        CHECK(got.ends_with("hello\n"));
    };
    serve_to(granted, hello, client);
}

TEST_CASE("limits: too many requests at once are shed with Retry-After") {
    limits granted;
    granted.requests_in_flight_max = 1;
    event go_on;
    const auto waiting = [&go_on](request& asked) -> task<response> {
        if (asked.path() == "/wait") co_await go_on.wait();
        co_return response::text("done");
    };
    const auto client = [&go_on](server& at) -> task<> {
        wire_client first = co_await connect_to(at);
        co_await first.send(asking("GET /wait"));
        co_await until([&] { return at.stats().in_flight == 1; });
        wire_client second = co_await connect_to(at);
        const answer shed = co_await ask(second, posting("a body nobody reads"));
        CHECK(shed.status == 503);
        CHECK(shed.has("Retry-After: 1"));
        go_on.set();
        const answer late = co_await first.receive();
        CHECK(late.body == "done");
        const answer again = co_await ask(second, asking("GET /"));  // it was kept
        CHECK(again.status == 200);
    };
    const server_stats seen = serve_to(granted, waiting, client);
    CHECK(seen.shed == 1);
    CHECK(seen.in_flight_peak == 1);
}

TEST_CASE("limits: a handler that takes too long is stopped, dropped, and 503") {
    limits granted;
    granted.handler_timeout = 30ms;
    int dropped = 0;
    event never;
    const auto hanging = [&](request& asked) -> task<response> {
        if (asked.path() == "/") co_return response::text("quick");
        co_await own(lease{&dropped});
        co_await never.wait();
        co_return response();
    };
    const auto client = [&](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const answer late = co_await ask(c, asking("GET /hang"));
        CHECK(late.status == 503);
        CHECK(dropped == 1);
        const answer next = co_await ask(c, asking("GET /"));
        CHECK(next.body == "quick");
    };
    serve_to(granted, hanging, client);
}

TEST_CASE("limits: connections over the limit are closed, the others served") {
    limits granted;
    granted.connections_max = 3;
    const auto client = [](server& at) -> task<> {
        std::vector<wire_client> all;
        for (int i = 0; i < 10; ++i) all.push_back(co_await connect_to(at));
        co_await until([&] { return at.stats().refused == 7; });
        CHECK(at.stats().open == 3);
        std::size_t served = 0;
        for (wire_client& c : all) {
            const answer got = co_await ask(c, asking("GET /", and_close));
            if (got.status == 200) ++served;
        }
        CHECK(served == 3);
        co_await until([&] { return at.stats().open == 0; });
        wire_client late = co_await connect_to(at);
        const answer got = co_await ask(late, asking("GET /"));
        CHECK(got.status == 200);
    };
    serve_to(granted, hello, client);
}

TEST_CASE("limits: a client that does not read is cut off, the others served") {
    limits granted;
    granted.write_timeout = 50ms;
    const std::string large(16 * 1024 * 1024, 'x');
    const auto big = [&large](request& asked) {
        return asked.path() == "/" ? hello(asked) : response::bytes(large, "x/y");
    };
    const auto client = [](server& at) -> task<> {
        wire_client slow = co_await connect_to(at);
        wire_client other = co_await connect_to(at);
        co_await slow.send(asking("GET /large"));
        co_await until([&] { return at.stats().requests == 1; });
        const answer got = co_await ask(other, asking("GET /"));
        CHECK(got.status == 200);
        co_await until([&] { return at.stats().open == 1; });
        const answer cut = co_await slow.receive();
        CHECK_FALSE(cut.is_whole);
    };
    serve_to(granted, big, client);
}

TEST_CASE("limits: pipelining without reading holds one connection only") {
    limits granted;
    granted.write_timeout = 50ms;
    const std::string some(10'000, 'x');
    const auto big = [&some](request&) { return response::bytes(some, "x/y"); };
    const auto client = [](server& at) -> task<> {
        wire_client greedy = co_await connect_to(at);
        wire_client other = co_await connect_to(at);
        std::string many;
        for (int i = 0; i < 10'000; ++i) many += asking("GET /");
        const auto ask_others = [&]() -> task<int> {
            int served = 0;
            for (; served < 20; ++served) {
                const answer got = co_await ask(other, asking("GET /"));
                CHECK(got.status == 200);
            }
            co_return served;
        };
        auto [served, was_sent] = co_await join(ask_others(), greedy.send(many));
        CHECK(served == 20);
        (void)was_sent;  // the socket may have taken all of it
        co_await until([&] { return at.stats().open == 1; });
    };
    serve_to(granted, big, client);
}
