// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/http/server.hpp>
#include <coil/sync/event.hpp>

#include <doctest/doctest.h>
#include <tests/http/wire_client.hpp>

#include <string>

using namespace coil;
using namespace coil::http;

namespace {

constexpr std::string_view expecting = "Expect: 100-continue\r\n";

//! [echo the body]
task<response> echo(request& asked) {
    std::string whole = co_await asked.read_body();
    co_return response::text(std::move(whole));
}
//! [echo the body]

task<response> count_bytes(request& asked) {
    std::size_t count = 0;
    while (const auto piece = co_await asked.next()) count += piece->size();
    const auto past_the_end = co_await asked.next();
    CHECK_FALSE(past_the_end.has_value());
    co_return response::text(std::to_string(count));
}

response ignore(request&) {
    return response::text("ignored");
}

task<answer> ask(wire_client& c, std::string bytes) {
    co_await c.send(std::move(bytes));
    co_return co_await c.receive();
}

std::string chunked_post(std::string_view body, std::string_view fields = {}) {
    return asking("POST /", "Transfer-Encoding: chunked\r\n" + std::string(fields)) +
           std::string(body);
}

}  // namespace

TEST_CASE("request body: read as a whole, by length and by chunks") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const answer sized = co_await ask(c, posting("hello"));
        CHECK(sized.body == "hello");
        const answer chunked =
            co_await ask(c, chunked_post("3\r\nhel\r\n2\r\nlo\r\n0\r\nSum: 1\r\n\r\n"));
        CHECK(chunked.body == "hello");
        const answer none = co_await ask(c, asking("GET /"));
        CHECK(none.body.empty());
        const answer empty = co_await ask(c, posting(""));
        CHECK(empty.body.empty());
    };
    serve_to(echo, client);
}

TEST_CASE("request body: read piece by piece, a megabyte of it") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const std::string body(1024 * 1024, 'x');
        auto [was_sent, got] = co_await join(c.send(posting(body)), c.receive());
        CHECK(was_sent);
        CHECK(got.body == "1048576");
        std::string chunks;
        for (int i = 0; i < 1000; ++i) chunks += "5\r\nhello\r\n";
        auto [was_sent_too, counted] =
            co_await join(c.send(chunked_post(chunks + "0\r\n\r\n")), c.receive());
        CHECK(was_sent_too);
        CHECK(counted.body == "5000");
    };
    serve_to(count_bytes, client);
}

TEST_CASE("request body: what the handler leaves is passed over") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const std::string body(100'000, 'x');
        co_await c.send(posting("short") + chunked_post("2\r\nab\r\n0\r\n\r\n") +
                        posting(body) + asking("GET /"));
        for (int i = 0; i < 4; ++i) {
            const answer got = co_await c.receive();
            CHECK(got.body == "ignored");
            CHECK_FALSE(got.closes());
        }
    };
    serve_to(ignore, client);
}

TEST_CASE("request body: a handler that leaves it answers before it has arrived") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const std::string whole = posting(std::string(1000, 'x'));
        co_await c.send(whole.substr(0, whole.size() - 1));
        const answer got = co_await c.receive();
        CHECK(got.body == "ignored");
        co_await c.send("x" + asking("GET /"));
        const answer next = co_await c.receive();
        CHECK(next.body == "ignored");
    };
    serve_to(ignore, client);
}

TEST_CASE("request body: 100 Continue is said when the handler wants the body") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(
            asking("POST /", "Content-Length: 2\r\n" + std::string(expecting)));
        const answer interim = co_await c.receive();
        CHECK(interim.status == 100);
        const answer got = co_await ask(c, "hi");
        CHECK(got.status == 200);
        CHECK(got.body == "hi");
        const answer next = co_await ask(c, posting("again"));
        CHECK(next.body == "again");
    };
    serve_to(echo, client);
}

TEST_CASE("request body: it is not asked for if the handler does not want it") {
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(
            asking("POST /", "Content-Length: 2\r\n" + std::string(expecting)));
        const answer got = co_await c.receive();
        CHECK(got.status == 200);
        CHECK(got.closes());  // whether the body will come is not known
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
    };
    serve_to(ignore, client);
}

TEST_CASE("request body: 100 Continue waits behind earlier answers that are stuck") {
    // The client does not read: the large answer fills the socket while the second
    // request's handler asks for its body.
    const std::string large(8 * 1024 * 1024, 'x');
    const auto either = [&large](request& asked) -> task<response> {
        if (asked.head().has_body()) co_return co_await echo(asked);
        co_await yield_now();
        co_return response::bytes(large, "x/y");
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const auto send_all = [&c]() -> task<bool> {
            for (int i = 0; i < 2; ++i) {
                const bool was_sent = co_await c.send(asking("GET /"));
                if (!was_sent) co_return false;
            }
            co_return co_await c.send(
                asking("POST /", "Content-Length: 2\r\n" + std::string(expecting)));
        };
        const bool was_sent = co_await send_all();
        CHECK(was_sent);
        co_await until([&] { return at.stats().requests >= 1; });
        for (int i = 0; i < 2; ++i) {
            const answer got = co_await c.receive();
            CHECK(got.body.size() == 8 * 1024 * 1024);
        }
        const answer interim = co_await c.receive();
        CHECK(interim.status == 100);
        const answer got = co_await ask(c, "hi");
        CHECK(got.body == "hi");
    };
    serve_to(either, client);
    // A small answer stays in the server's hands when the next request is looked at.
    const auto small = [](request& asked) -> task<response> {
        if (asked.head().has_body()) co_return co_await echo(asked);
        co_return response::text("small");
    };
    const auto client_of_small = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /") + asking("POST /", "Content-Length: 2\r\n" +
                                                               std::string(expecting)));
        const answer first = co_await c.receive();
        CHECK(first.body == "small");
        const answer interim = co_await c.receive();
        CHECK(interim.status == 100);
        const answer got = co_await ask(c, "hi");
        CHECK(got.body == "hi");
    };
    serve_to(small, client_of_small);
}

TEST_CASE("request body: a malformed one is the client's fault, and the last") {
    const auto client = [](server& at) -> task<> {
        const std::string got =
            co_await told(at, chunked_post("2\r\nabc\r\n0\r\n\r\n"));
        CHECK(got.starts_with("HTTP/1.1 400 "));
        CHECK(count_of("HTTP/1.1 ", got) == 1);
        CHECK(got.find("Connection: close\r\n") != std::string::npos);
    };
    const server_stats seen = serve_to(echo, client);
    CHECK(seen.malformed == 1);
    CHECK(seen.requests == 1);
}

TEST_CASE("request body: a handler may answer what it likes to a malformed one") {
    const auto forgiving = [](request& asked) -> task<response> {
        try {
            co_return co_await echo(asked);
        } catch (const status_error& error) {
            co_return response::text("saw " + std::to_string(to_number(error.code())));
        }
    };
    const auto client = [](server& at) -> task<> {
        const std::string got = co_await told(at, chunked_post("x\r\n"));
        CHECK(got.starts_with("HTTP/1.1 200 "));
        CHECK(got.ends_with("saw 400"));
        CHECK(got.find("Connection: close\r\n") != std::string::npos);
    };
    CHECK(serve_to(forgiving, client).malformed == 1);
}

TEST_CASE("request body: a malformed one that nobody reads still ends the connection") {
    const auto client = [](server& at) -> task<> {
        const std::string got =
            co_await told(at, chunked_post("x\r\n") + asking("GET /smuggled"));
        CHECK(count_of("HTTP/1.1 ", got) == 1);
    };
    serve_to(ignore, client);
}

TEST_CASE("request body: a stream answers whoever has not sent all of it") {
    const auto streaming = [](request&) -> response {
        const auto pieces = []() -> generator<std::string> {
            co_yield "one";
            co_await yield_now();
            co_yield "two";
        };
        return response::streaming(pieces(), "text/plain");
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const std::string body(500'000, 'x');
        auto [was_sent, got] = co_await join(c.send(posting(body)), c.receive());
        CHECK(was_sent);
        CHECK(got.is_whole);
        CHECK(got.body == "onetwo");
        CHECK_FALSE(got.closes());
        const answer next = co_await ask(c, asking("GET /"));
        CHECK(next.body == "onetwo");
    };
    serve_to(streaming, client);
}

TEST_CASE("request body: a stream may read it while it answers") {
    const auto echoing = [](request& asked) -> response {
        const auto pieces = [](request& from) -> generator<std::string> {
            while (auto piece = co_await from.next()) co_yield std::string(*piece);
        };
        return response::streaming(pieces(asked), "text/plain");
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const std::string body(500'000, 'x');
        for (int i = 0; i < 2; ++i) {
            auto [was_sent, got] = co_await join(c.send(posting(body)), c.receive());
            CHECK(was_sent);
            const bool is_same = got.body == body;
            CHECK(is_same);
        }
    };
    serve_to(echoing, client);
}

TEST_CASE("request body: a route may take more than the others") {
    limits granted;
    granted.body_bytes_max = 10;
    const auto generous = [](request& asked) -> task<response> {
        if (asked.path() == "/large") asked.set_body_max(1000);
        co_return co_await count_bytes(asked);
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        const std::string body(1000, 'x');
        const answer large =
            co_await ask(c, asking("POST /large", "Content-Length: 1000\r\n") + body);
        CHECK(large.body == "1000");
        const answer small = co_await ask(c, posting(body));
        CHECK(small.status == 413);
        CHECK(small.closes());
    };
    serve_to(granted, generous, client);
}
