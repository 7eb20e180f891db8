// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/join.hpp>
#include <coil/core/own.hpp>
#include <coil/http/server.hpp>
#include <coil/http/sse.hpp>
#include <coil/sync/event.hpp>

#include <doctest/doctest.h>
#include <signal.h>
#include <tests/http/wire_client.hpp>

#include <string>

using namespace coil;
using namespace coil::http;
using namespace std::chrono_literals;

namespace {

/// What a request holds; a hard stop hurries its drop, which begins nevertheless.
struct lease {
    int* dropped;
    task<> async_drop() {
        ++*dropped;
        co_await yield_now();
    }
};

task<answer> ask(wire_client& c, std::string bytes) {
    co_await c.send(std::move(bytes));
    co_return co_await c.receive();
}

// Serves while `client(server)` runs, which begins the drain itself; both must end.
template <class Handler, class Client>
server_stats drained(limits granted, const Handler& handler, const Client& client) {
    const std::size_t frames_before = count_frames().alive;
    const auto both = [&]() -> task<server_stats> {
        server whole(co_await net::listen({}), granted);
        const bool has_ended = co_await with_timeout(
            20s, [](server& at, const Handler& h, const Client& c) -> task<> {
                co_await join(at.serve(h), c(at));
            }(whole, handler, client));
        CHECK(has_ended);
        co_return whole.stats();
    };
    const server_stats last = run(both());
    CHECK(last.open == 0);
    CHECK(last.in_flight == 0);
    CHECK(count_frames().alive == frames_before);
    return last;
}

response hello(request&) {
    return response::text("hello\n");
}
task<response> echo(request& asked) {
    co_return response::text(co_await asked.read_body());
}

}  // namespace

TEST_CASE("shutdown: with nobody there it ends at once") {
    const auto client = [](server& at) -> task<> {
        at.start_drain();
        co_return;
    };
    drained({}, hello, client);
}

TEST_CASE("shutdown: idle connections are closed") {
    const auto client = [](server& at) -> task<> {
        wire_client silent = co_await connect_to(at);
        wire_client kept = co_await connect_to(at);
        const answer got = co_await ask(kept, asking("GET /"));
        CHECK_FALSE(got.closes());
        co_await until([&] { return at.stats().open == 2; });
        const instant began = now();
        at.start_drain();
        const std::string rest = co_await silent.rest() + co_await kept.rest();
        CHECK(rest.empty());
        CHECK(now() - began < 5s);  // nobody waits for a head that may never come
        CHECK_FALSE(silent.was_reset());
    };
    drained({}, hello, client);
}

TEST_CASE("shutdown: nobody new is let in") {
    event go_on;
    const auto waiting = [&go_on](request&) -> task<response> {
        co_await go_on.wait();
        co_return response::text("late");
    };
    const auto client = [&go_on](server& at) -> task<> {
        const net::endpoint where = at.local_endpoint();
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        co_await until([&] { return at.stats().in_flight == 1; });
        at.start_drain();
        for (int i = 0; i < 4; ++i) co_await yield_now();
        const auto refused = co_await as_outcome(net::connect(where));
        CHECK(refused.has_error());
        go_on.set();
        const answer got = co_await c.receive();
        CHECK(got.body == "late");
        CHECK(got.closes());
    };
    drained({}, waiting, client);
}

TEST_CASE("shutdown: requests that have begun are finished") {
    const auto client = [](server& at) -> task<> {
        wire_client in_head = co_await connect_to(at);
        co_await in_head.send("GET / HT");
        wire_client in_body = co_await connect_to(at);
        co_await in_body.send(asking("POST /", "Content-Length: 5\r\n") + "he");
        co_await until([&] { return at.stats().in_flight == 1; });
        at.start_drain();
        co_await yield_now();
        const answer head = co_await ask(in_head, "TP/1.1\r\nHost: h\r\n\r\n");
        CHECK(head.status == 200);
        CHECK(head.closes());
        const answer body = co_await ask(in_body, "llo");
        CHECK(body.body == "hello");
        CHECK(body.closes());
    };
    drained({}, echo, client);
}

TEST_CASE("shutdown: a large answer is not cut") {
    const std::string large(8 * 1024 * 1024, 'x');
    const auto big = [&large](request&) { return response::bytes(large, "x/y"); };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        co_await until([&] { return at.stats().requests == 1; });
        at.start_drain();
        const answer got = co_await c.receive();
        CHECK(got.is_whole);
        CHECK(got.body.size() == 8 * 1024 * 1024);
    };
    drained({}, big, client);
}

TEST_CASE("shutdown: a handler that hangs is stopped after the drain's time") {
    limits granted;
    granted.drain_timeout = 50ms;
    int dropped = 0;
    event never;
    const auto hanging = [&](request&) -> task<response> {
        co_await own(lease{&dropped});
        co_await never.wait();
        co_return response();
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        co_await until([&] { return at.stats().in_flight == 1; });
        at.start_drain();
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
    };
    drained(granted, hanging, client);
    CHECK(dropped == 1);
}

TEST_CASE("shutdown: a handler that shields itself is stopped hard in the end") {
    limits granted;
    granted.drain_timeout = 20ms;
    granted.stop_timeout = 20ms;
    event never;
    const auto hanging = [&](request&) -> task<response> {
        co_await shield(never.wait());
        co_return response();
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        co_await until([&] { return at.stats().in_flight == 1; });
        at.start_drain();
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
    };
    drained(granted, hanging, client);
}

TEST_CASE("shutdown: streams are told, and say farewell") {
    const auto live = [](request& asked) -> response {
        const auto events = [](event& draining) -> generator<std::string> {
            co_yield "data: hello\n\n";
            co_await draining.wait();
            co_yield "data: farewell\n\n";
        };
        return response::streaming(events(asked.server().draining()),
                                   event_stream_type);
    };
    const auto client = [](server& at) -> task<> {
        wire_client c = co_await connect_to(at);
        co_await c.send(asking("GET /"));
        while (c.unread().find("hello") == std::string::npos) co_await c.read_more();
        at.start_drain();
        const answer got = co_await c.receive();
        CHECK(got.is_whole);
        CHECK(got.body == "data: hello\n\ndata: farewell\n\n");
        const std::string rest = co_await c.rest();
        CHECK(rest.empty());
    };
    drained({}, live, client);
}

TEST_CASE("shutdown: a stop of serve drains, too") {
    event go_on;
    const auto waiting = [&go_on](request&) -> task<response> {
        co_await go_on.wait();
        co_return response::text("late");
    };
    const auto use = [&]() -> task<> {
        server whole(co_await net::listen({}));
        wire_client c = co_await connect_to(whole);
        const auto stop = [&]() -> task<> {
            co_await c.send(asking("GET /"));
            co_await until([&] { return whole.stats().in_flight == 1; });
        };
        const auto finish = [&]() -> task<> {
            co_await whole.draining().wait();
            go_on.set();
            const answer got = co_await c.receive();
            CHECK(got.body == "late");
            CHECK(got.closes());
        };
        const auto served = [&]() -> task<> {
            co_await race(whole.serve(waiting), stop());
        };
        co_await join(served(), finish());
        CHECK(whole.stats().open == 0);
    };
    run(use());
}

TEST_CASE("shutdown: a second signal ends it at once, and what is held is dropped") {
    int dropped = 0;
    bool has_drained = false;
    event never;
    const auto hanging = [&](request&) -> task<response> {
        co_await own(lease{&dropped});
        co_await never.wait();
        co_return response();
    };
    const std::size_t frames_before = count_frames().alive;
    const auto use = [&]() -> task<> {
        server whole(co_await net::listen({}));
        wire_client c = co_await connect_to(whole);  // stays until serve has ended
        const auto press_twice = [&]() -> task<> {
            co_await c.send(asking("GET /"));
            co_await until([&] { return whole.stats().in_flight == 1; });
            ::raise(SIGINT);
            co_await whole.draining().wait();
            has_drained = true;
            for (int i = 0; i < 100; ++i) co_await yield_now();
            CHECK(whole.stats().in_flight == 1);  // the first one only asks
            ::raise(SIGINT);
        };
        co_await join(whole.serve(hanging), shield(press_twice()));
    };
    run(use(), {.stop_on_signals = true});
    CHECK(has_drained);
    CHECK(dropped == 1);
    CHECK(count_frames().alive == frames_before);
}
