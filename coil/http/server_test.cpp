// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/http/server.hpp>
#include <coil/http/sse.hpp>
#include <coil/sync/event.hpp>

#include <doctest/doctest.h>
#include <tests/http/wire_client.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace coil;
using namespace coil::http;

namespace {

response hello(request&) {
    return response::text("hello\n");
}
response name_path(request& asked) {
    return response::text(std::string(asked.path()));
}

}  // namespace

TEST_CASE("server: a server") {
    const auto use = []() -> task<> {
        //! [a server]
        auto greet = [](request& asked) -> task<response> {
            co_return response::text("hello, " + std::string(asked.path()) + "\n");
        };
        server shop(co_await net::listen({.host = "127.0.0.1", .port = 0}));
        auto ask = [&shop]() -> task<std::string> {
            wire_client client = co_await connect_to(shop);
            co_await client.send("GET /tea HTTP/1.1\r\nHost: shop\r\n\r\n");
            co_return (co_await client.receive()).body;
        };
        auto first = co_await race(ask(), shop.serve(greet));
        CHECK(first.get<0>() == "hello, /tea\n");
        CHECK(shop.stats().requests == 1);
        CHECK(shop.stats().open == 0);  // serve has ended, and every connection
        //! [a server]
    };
    run(use());
}

TEST_CASE("server: serve in one line") {
    const auto use = []() -> task<> {
        std::uint16_t port = 0;
        {
            const net::tcp_listener free = co_await net::listen({});
            port = free.local_endpoint().port();
        }
        auto ask = [&port]() -> task<unsigned> {
            wire_client client(co_await net::connect({.port = port}));
            co_await client.send(asking("GET /"));
            co_return (co_await client.receive()).status;
        };
        //! [serve in one line]
        auto serving = http::serve({.host = "127.0.0.1", .port = port}, hello);
        //! [serve in one line]
        auto first = co_await race(std::move(serving), ask());
        REQUIRE(first.index() == 1);
        CHECK(first.get<1>() == 200);
    };
    run(use());
}

TEST_CASE("server: middleware, the outermost first") {
    std::vector<std::string> log;
    //! [middleware]
    auto trace = [&log](request& asked, const auto& next) -> task<response> {
        log.push_back("asked " + std::string(asked.path()));
        response made = co_await next(asked);
        log.push_back("answered " + std::to_string(to_number(made.status)));
        co_return made;
    };
    auto authorize = [](request& asked, const auto& next) -> task<response> {
        if (!asked.field("Authorization")) throw status_error(status::unauthorized);
        co_return co_await next(asked);
    };
    auto answer = [](request&) -> task<response> { co_return response::text("in\n"); };
    auto guarded = layers(trace, authorize, answer);
    //! [middleware]
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /a"));
        const auto refused = co_await c.receive();
        CHECK(refused.status == 401);
        co_await c.send(asking("GET /b", "Authorization: me\r\n"));
        const auto let_in = co_await c.receive();
        CHECK(let_in.body == "in\n");
    };
    serve_to(guarded, client);
    CHECK(log == std::vector<std::string>{"asked /a", "asked /b", "answered 200"});
}

TEST_CASE("server: middleware awaits a handler that answers at once") {
    const auto pass = [](request& asked, const auto& next) -> task<response> {
        response made = co_await next(asked);
        made.fields.set("X-Passed", "yes");
        co_return made;
    };
    const auto at_once = [](request&) { return response::text("now\n"); };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        const auto got = co_await c.receive();
        CHECK(got.body == "now\n");
        CHECK(got.head.find("X-Passed: yes") != std::string::npos);
    };
    serve_to(layers(pass, pass, at_once), client);
}

TEST_CASE("server: a connection is kept for the next request") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        for (const std::string path : {"/a", "/b", "/c"}) {
            co_await c.send(asking("GET " + path));
            const answer got = co_await c.receive();
            CHECK(got.status == 200);
            CHECK(got.body == path);
            CHECK(got.head.find("Date: ") != std::string::npos);
            CHECK_FALSE(got.closes());
        }
    };
    const server_stats seen = serve_to(name_path, client);
    CHECK(seen.connections == 1);
    CHECK(seen.requests == 3);
}

TEST_CASE("server: sixteen pipelined requests are answered in order") {
    const auto waiting = [](request& asked) -> task<response> {
        if (asked.path().back() % 2 == 0) co_await yield_now();
        co_return name_path(asked);
    };
    const auto client = [](server& at) -> task<> {
        std::string all;
        for (char c = 'a'; c < 'a' + 16; ++c) all += asking(std::string("GET /") + c);
        wire_client c = co_await connect_to(at);
        co_await c.send(all);
        std::string paths;
        for (int i = 0; i < 16; ++i) paths += (co_await c.receive()).body;
        CHECK(paths == "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p");
    };
    CHECK(serve_to(waiting, client).requests == 16);
    CHECK(serve_to(name_path, client).requests == 16);
}

TEST_CASE("server: earlier answers go out while a later handler waits") {
    event go_on;
    const auto waiting = [&go_on](request& asked) -> task<response> {
        if (asked.path() == "/late") co_await go_on.wait();
        co_return name_path(asked);
    };
    const auto client = [&go_on](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /early") + asking("GET /late"));
        const answer early = co_await c.receive();
        CHECK(early.body == "/early");
        go_on.set();
        const answer late = co_await c.receive();
        CHECK(late.body == "/late");
    };
    serve_to(waiting, client);
}

TEST_CASE("server: HEAD is answered without a body, streaming or not") {
    const auto both = [](request& asked) -> response {
        if (asked.path() == "/whole") return response::text("whole");
        auto pieces = []() -> generator<std::string> { co_yield "piece"; };
        return response::streaming(pieces(), "text/plain");
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("HEAD /whole") + asking("HEAD /stream") +
                        asking("GET /whole"));
        const answer whole = co_await c.receive(false);
        CHECK(whole.has("Content-Length: 5"));
        const answer stream = co_await c.receive(false);
        CHECK(stream.has("Transfer-Encoding: chunked"));
        const answer last = co_await c.receive();
        CHECK(last.body == "whole");
    };
    serve_to(both, client);
}

TEST_CASE("server: HTTP/1.0 closes, unless it asks to stay") {
    const auto client = [](server& at) -> task<> {
        const std::string gone = co_await told(at, "GET /x HTTP/1.0\r\n\r\n");
        CHECK(gone.find("Connection: close\r\n") != std::string::npos);
        CHECK(gone.ends_with("/x"));
        wire_client c = co_await connect_to(at);
        co_await c.send("GET /y HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        const answer kept = co_await c.receive();
        CHECK(kept.has("Connection: keep-alive"));
        co_await c.send("GET /z HTTP/1.0\r\n\r\n");
        const answer last = co_await c.receive();
        CHECK(last.body == "/z");
        CHECK(last.closes());
    };
    serve_to(name_path, client);
}

TEST_CASE("server: a handler's error is the client's status, and no more") {
    const auto failing = [](request& asked) -> task<response> {
        if (asked.path() == "/told") throw status_error(status::conflict, "taken\n");
        if (asked.path() == "/bare") throw status_error(status::forbidden);
        co_await yield_now();
        throw std::runtime_error("password is 1234");
    };
    const auto failing_at_once = [](request&) -> response {
        throw std::runtime_error("password is 1234");
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /told"));
        const answer with_text = co_await c.receive();
        CHECK(with_text.status == 409);
        CHECK(with_text.body == "taken\n");
        co_await c.send(asking("GET /bare"));
        const answer bare = co_await c.receive();
        CHECK(bare.status == 403);
        CHECK(bare.body == "Forbidden\n");
        co_await c.send(asking("GET /broken"));
        const answer broken = co_await c.receive();
        CHECK(broken.status == 500);
        CHECK((broken.head + broken.body).find("1234") == std::string::npos);
        co_await c.send(asking("GET /again"));  // the connection goes on
        const answer again = co_await c.receive();
        CHECK(again.status == 500);
    };
    serve_to(failing, client);
    const auto client_of_sync = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        const answer got = co_await c.receive();
        CHECK(got.status == 500);
        CHECK(got.body.find("1234") == std::string::npos);
    };
    serve_to(failing_at_once, client_of_sync);
}

TEST_CASE("server: a stream's pieces are chunks, sent as they come") {
    event go_on;
    const auto streaming = [&go_on](request&) -> response {
        const auto pieces = [](event& next) -> generator<std::string> {
            co_yield "one ";
            co_yield "";
            co_await next.wait();
            co_yield "two";
        };
        return response::streaming(pieces(go_on), "text/plain");
    };
    const auto client = [&go_on](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        while (c.unread().find("one ") == std::string::npos) co_await c.read_more();
        go_on.set();
        const answer got = co_await c.receive();
        CHECK(got.is_whole);
        CHECK(got.body == "one two");
        co_await c.send(asking("GET /", and_close));
        const answer next = co_await c.receive();
        CHECK(next.body == "one two");
        CHECK(next.closes());
    };
    serve_to(streaming, client);
}

TEST_CASE("server: a stream to HTTP/1.0 ends with the connection") {
    const auto streaming = [](request&) -> response {
        const auto pieces = []() -> generator<std::string> {
            co_yield "one ";
            co_yield "two";
        };
        return response::streaming(pieces(), "text/plain");
    };
    const auto client = [](server& at) -> task<> {
        const std::string got =
            co_await told(at, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        CHECK(got.find("Transfer-Encoding") == std::string::npos);
        CHECK(got.find("Connection: close\r\n") != std::string::npos);
        CHECK(got.ends_with("\r\n\r\none two"));
    };
    serve_to(streaming, client);
}

TEST_CASE("server: a stream that fails is cut, and only that one") {
    const auto streaming = [](request& asked) -> response {
        if (asked.path() == "/good") return response::text("good");
        const auto pieces = []() -> generator<std::string> {
            co_yield "one";
            co_await yield_now();
            throw std::runtime_error("no more");
        };
        return response::streaming(pieces(), "text/plain");
    };
    const auto client = [](server& at) -> task<> {
        wire_client other = co_await connect_to(at);
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        const answer cut = co_await c.receive();
        CHECK(cut.status == 200);
        CHECK_FALSE(cut.is_whole);
        co_await other.send(asking("GET /good"));
        const answer good = co_await other.receive();
        CHECK(good.body == "good");
    };
    serve_to(streaming, client);
}

TEST_CASE("server: a handler that ends as stopped by itself is the service's error") {
    const auto stops = [](request& asked) -> task<response> {
        if (asked.path() == "/good") co_return response::text("good");
        if (asked.path() == "/late") co_await yield_now();
        co_await stop_here();
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        for (const std::string_view asked : {"GET /", "GET /late"}) {
            co_await c.send(asking(asked));
            const answer got = co_await c.receive();
            CHECK(got.status == 500);
            CHECK(at.stats().in_flight == 0);
        }
        co_await c.send(asking("GET /good"));
        const answer good = co_await c.receive();
        CHECK(good.body == "good");
    };
    serve_to(stops, client);
}

TEST_CASE("server: a stream that ends as stopped by itself is cut") {
    const auto streaming = [](request&) -> response {
        const auto pieces = []() -> generator<std::string> {
            co_yield "one";
            co_await stop_here();
        };
        return response::streaming(pieces(), "text/plain");
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        const answer cut = co_await c.receive();
        CHECK(cut.status == 200);
        CHECK_FALSE(cut.is_whole);
    };
    serve_to(streaming, client);
}

TEST_CASE("server: events arrive one by one") {
    const auto live = [](request&) -> response {
        const auto events = []() -> generator<std::string> {
            for (const std::string_view data : {"one", "two"}) {
                std::string text;
                append_event(text, {.data = data});
                co_yield std::move(text);
            }
        };
        return response::streaming(events(), event_stream_type);
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        const answer got = co_await c.receive();
        CHECK(got.has("Content-Type: text/event-stream"));
        CHECK(got.body == "data: one\n\ndata: two\n\n");
    };
    serve_to(live, client);
}

TEST_CASE("server: a response larger than the socket takes arrives whole") {
    const std::string large(8 * 1024 * 1024, 'x');
    const auto big = [&large](request&) { return response::bytes(large, "x/y"); };
    const auto client = [&large](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /") + asking("GET /"));
        for (int i = 0; i < 2; ++i) {
            const answer got = co_await c.receive();
            const bool is_same = got.body == large;
            CHECK(is_same);
        }
    };
    serve_to(big, client);
}
