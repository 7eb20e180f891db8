// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clients that end their own side and still read, and responses that end too early.
#include <coil/core/join.hpp>
#include <coil/http/server.hpp>
#include <coil/sync/event.hpp>
#include <coil/time/sleep.hpp>

#include <doctest/doctest.h>
#include <tests/http/wire_client.hpp>

#include <list>
#include <string>

using namespace coil;
using namespace coil::http;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view chunked = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view expecting = "Expect: 100-continue\r\n";

task<response> echo(request& asked) {
    co_return response::text(co_await asked.read_body());
}

response pieces_of(generator<std::string> pieces) {
    return response::streaming(std::move(pieces), "text/plain");
}

/// Sends all of it, ends its side, and gives the server time to notice.
task<> say_last(wire_client& c, std::string bytes) {
    co_await c.send(std::move(bytes));
    c.stream().shutdown();
    for (int i = 0; i < 20; ++i) co_await yield_now();
}

}  // namespace

TEST_CASE("half-close: whoever says no more still gets the whole answer") {
    std::list<event> go_on;
    const auto late = [&go_on](request& asked) -> task<response> {
        co_await go_on.back().wait();
        co_return co_await echo(asked);
    };
    const auto client = [&go_on](server& at) -> task<> {
        for (const std::string& bytes :
             {posting("hello"), posting("hello", and_close),
              asking("POST /", chunked) + "5\r\nhello\r\n0\r\n\r\n",
              std::string("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")}) {
            event& next = go_on.emplace_back();
            wire_client c = co_await connect_to(at);
            co_await c.send(bytes);
            co_await until([&] { return at.stats().in_flight == 1; });
            co_await say_last(c, "");
            CHECK(at.stats().in_flight == 1);
            next.set();
            const answer got = co_await c.receive();
            CHECK(got.head.starts_with("HTTP/1.1 200 OK\r\n"));
            CHECK(got.body == "hello");
            const std::string rest = co_await c.rest();
            CHECK(rest.empty());
            CHECK_FALSE(c.was_reset());
        }
    };
    CHECK(serve_to(late, client).vanished == 0);
}

TEST_CASE("half-close: pipelined requests are all answered") {
    const auto waiting = [](request& asked) -> task<response> {
        for (int i = 0; i < 40; ++i) co_await yield_now();
        co_return response::text(std::string(asked.path()));
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await say_last(c, asking("GET /a") + asking("GET /b") + asking("GET /c"));
        for (const std::string path : {"/a", "/b", "/c"}) {
            const answer got = co_await c.receive();
            CHECK(got.body == path);
        }
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
    };
    CHECK(serve_to(waiting, client).requests == 3);
}

TEST_CASE("half-close: a stream goes on, and stays well-formed") {
    event go_on;
    const auto streaming = [&go_on](request&) {
        const auto pieces = [](event& next) -> generator<std::string> {
            co_yield "one ";
            co_await next.wait();
            co_yield "two ";
            co_yield "three";
        };
        return pieces_of(pieces(go_on));
    };
    const auto client = [&go_on](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        while (c.unread().find("one ") == std::string::npos) co_await c.read_more();
        co_await say_last(c, "");
        go_on.set();
        const answer got = co_await c.receive();
        CHECK(got.is_whole);
        CHECK(got.body == "one two three");
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
    };
    CHECK(serve_to(streaming, client).vanished == 0);
}

TEST_CASE("half-close: a stream that says nothing ends when its client has closed") {
    bool has_ended = false;
    event never;
    const auto silent = [&](request&) {
        const auto pieces = [](event& next, bool& ended) -> generator<std::string> {
            struct at_end {
                bool& told;
                ~at_end() { told = true; }
            } const end{ended};
            co_yield "hello";
            co_await next.wait();
        };
        return pieces_of(pieces(never, has_ended));
    };
    const auto client = [&](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        while (c.unread().find("hello") == std::string::npos) co_await c.read_more();
        c.stream().close();
        co_await until([&] { return has_ended; });
    };
    CHECK(serve_to(silent, client).vanished == 1);
}

TEST_CASE("half-close: a body that ends in the middle is a bad request") {
    const auto client = [](server& at) -> task<> {
        for (const std::string& bytes :
             {asking("POST /", "Content-Length: 5\r\n") + "hel",
              asking("POST /", chunked) + "5\r\nhel"}) {
            wire_client c = co_await connect_to(at);
            co_await say_last(c, bytes);
            const std::string got = co_await c.rest();
            CHECK(got.starts_with("HTTP/1.1 400 "));
            CHECK(count_of("HTTP/1.1 ", got) == 1);
        }
    };
    serve_to(echo, client);
}

TEST_CASE("response: what was sent before a write timed out is not sent again") {
    limits granted;
    granted.write_timeout = 200ms;
    std::string large;
    for (int i = 0; large.size() < 12 * 1024 * 1024; ++i) {
        large += std::to_string(i) + " ";
    }
    const auto big = [&large](request&) { return response::bytes(large, "x/y"); };
    const auto client = [&large](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        co_await until([&] { return at.stats().requests == 1; });
        co_await coil::sleep(300ms);  // so far it is given up, not yet twice as long
        const answer got = co_await c.receive();
        CHECK_FALSE(got.is_whole);
        const bool is_beginning = large.starts_with(got.body);
        CHECK(is_beginning);
    };
    serve_to(granted, big, client);
}

TEST_CASE("response: a stream that is stopped is reset where its end is the close") {
    limits granted;
    granted.drain_timeout = 10ms;
    event never;
    const auto streaming = [&never](request&) {
        const auto pieces = [](event& next) -> generator<std::string> {
            co_yield "half of it";
            co_await next.wait();
        };
        return pieces_of(pieces(never));
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send("GET / HTTP/1.0\r\n\r\n");
        while (c.unread().find("half") == std::string::npos) co_await c.read_more();
        at.start_drain();
        (void)co_await c.rest();
        CHECK(c.was_reset());
    };
    const auto both = [&]() -> task<> {
        server whole(co_await net::listen({}), granted);
        co_await join(whole.serve(streaming), client(whole));
    };
    run(both());
}

TEST_CASE("response: a stream that reads its request gets the whole body") {
    const auto copy = [](request& asked) {
        const auto pieces = [](request& from) -> generator<std::string> {
            while (const auto piece = co_await from.next())
                co_yield std::string(*piece);
        };
        return pieces_of(pieces(asked));
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        for (int i = 0; i < 2; ++i) {
            co_await c.send(posting("hello"));
            const answer got = co_await c.receive();
            CHECK(got.body == "hello");
        }
        // No interim response may come once the final one has begun.
        co_await c.send(
            asking("POST /", "Content-Length: 2\r\n" + std::string(expecting)) + "hi");
        const answer last = co_await c.receive();
        CHECK(last.status == 200);
        CHECK(last.is_whole);
        CHECK(last.body == "hi");
        CHECK(last.closes());
    };
    serve_to(copy, client);
}

TEST_CASE("response: a closing one is not lost to what is still being sent") {
    const auto hello = [](request&) { return response::text("hello"); };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /", and_close));
        co_await until([&] { return at.stats().requests == 1; });
        co_await c.send("\r\n");  // some clients end a request so
        for (int i = 0; i < 20; ++i) co_await yield_now();
        const answer got = co_await c.receive();
        CHECK(got.body == "hello");
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
        CHECK_FALSE(c.was_reset());
    };
    serve_to(hello, client);
}

TEST_CASE("response: a status that answers nothing is the service's error") {
    const auto wrong = [](request& asked) -> response {
        const auto code = static_cast<status>(std::stoi(std::string(asked.query())));
        if (asked.path() == "/thrown") throw status_error(code, "no secret");
        if (asked.path() == "/whole") return response::text("x").with_status(code);
        const auto pieces = []() -> generator<std::string> { co_yield "x"; };
        return pieces_of(pieces()).with_status(code);
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        for (const std::string path : {"/whole", "/stream", "/thrown"}) {
            for (const std::string code : {"100", "101", "103", "0", "1000"}) {
                co_await c.send(asking("GET " + path + "?" + code));
                const answer got = co_await c.receive();
                CHECK(got.status == 500);
                CHECK(got.body == "Internal Server Error\n");
            }
        }
    };
    CHECK(serve_to(wrong, client).requests == 15);
}
