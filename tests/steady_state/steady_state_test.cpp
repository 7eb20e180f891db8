// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Once it has warmed up, no operation asks the heap for anything: frames, buffers and
// output are used again.
#include <coil/coil.hpp>
#include <coil/runtime/io_choice.hpp>

#include <doctest/doctest.h>
#include <tests/steady_state/heap_use.hpp>

#include <array>
#include <string_view>
#include <vector>

// Under sanitizers nothing is used again, and nothing is counted.
#if !COIL_SANITIZED

using namespace coil;
using namespace std::chrono_literals;
using testing::current_heap_use;

namespace {

constexpr int warm_up = 100;
constexpr int counted = 1000;

/// How often the heap is asked in `counted` runs of `once`.
template <async_fn<void()> Once>
task<std::size_t> calls_of(Once once) {
    for (int i = 0; i < warm_up; ++i) co_await once();
    const std::size_t before = current_heap_use().calls;
    for (int i = 0; i < counted; ++i) co_await once();
    co_return current_heap_use().calls - before;
}

/// Runs the test with each driver that this machine has.
template <class Test>
void on_each_driver(Test test) {
    for (const io_choice choice : {io_choice::epoll, io_choice::automatic}) {
        current_thread_runtime runtime(make_io_driver(choice));
        runtime.run(test()).take();
    }
}

task<int> give(int value) {
    co_return value;
}
task<> add_two(int& to) {
    to += co_await give(2);
}
task<> give_items(std::vector<int> items) {
    CHECK(items.size() == 1);
    co_return;
}
generator<int> give_three() {
    for (int i = 0; i < 3; ++i) co_yield i;
}

/// Serves for as long as `use` runs.
template <class Handler, class Use>
task<> with_server(Handler handler, Use use) {
    http::limits limits;
    limits.requests_per_connection_max = 1'000'000;
    http::server server(co_await net::listen({}), limits);
    auto talk = [&]() -> task<> {
        auto client = co_await net::connect(server.local_endpoint());
        co_await use(client);
    };
    co_await race(talk(), server.serve(handler));
}

constexpr std::string_view question = "GET / HTTP/1.1\r\nHost: a\r\nX-Other: b\r\n\r\n";
constexpr std::string_view last_word = "Hello, World!";

/// Asks and reads the answer, into the stack.
task<> ask(net::tcp_stream& server) {
    co_await write_all(server, std::as_bytes(std::span(question)));
    std::array<char, 512> bytes = {};
    std::size_t count = 0;
    while (!std::string_view(bytes.data(), count).ends_with(last_word)) {
        const auto room = std::as_writable_bytes(std::span(bytes)).subspan(count);
        const std::size_t more = co_await server.read(room);
        REQUIRE(more > 0);
        count += more;
    }
}

}  // namespace

TEST_CASE("steady state: tasks, groups, generators and timers ask the heap nothing") {
    on_each_driver([]() -> task<> {
        const auto once = []() -> task<> {
            int sum = co_await give(1);
            co_await with_group([&](auto& group) -> task<> {
                group.spawn(add_two(sum));
                co_await yield_now();
            });
            auto three = give_three();
            while (auto item = co_await three.next()) sum += *item;
            auto [left, right] = co_await join(give(1), give(2));
            CHECK(co_await with_timeout(1h, yield_now()));
            CHECK(sum + left + right == 9);
        };
        const std::size_t calls = co_await calls_of(once);
        CHECK(calls == 0);
    });
}

TEST_CASE("steady state: a channel asks the heap nothing") {
    on_each_driver([]() -> task<> {
        channel<int> items(4);
        const auto once = [&items]() -> task<> {
            auto [sent, received] = co_await join(items.send(7), items.receive());
            CHECK(received == 7);
        };
        const std::size_t calls = co_await calls_of(once);
        CHECK(calls == 0);
    });
}

TEST_CASE("steady state: an echo over TCP asks the heap nothing") {
    on_each_driver([]() -> task<> {
        auto listener = co_await net::listen({});
        auto serve = [&listener]() -> task<> {
            auto peer = co_await listener.next();
            std::array<std::byte, 64> bytes;
            while (const auto count = co_await peer->read(bytes))
                co_await write_all(*peer, std::span(bytes).first(count));
        };
        auto talk = [&listener]() -> task<> {
            auto peer = co_await net::connect(listener.local_endpoint());
            const auto once = [&peer]() -> task<> {
                std::array<std::byte, 64> bytes = {};
                co_await write_all(peer, bytes);
                CHECK(co_await read_exactly(peer, bytes));
            };
            const std::size_t calls = co_await calls_of(once);
            CHECK(calls == 0);
        };
        co_await join(serve(), talk());
    });
}

TEST_CASE("steady state: an HTTP request on a kept connection asks the heap nothing") {
    const auto counts = [](net::tcp_stream& server) -> task<> {
        const std::size_t calls = co_await calls_of([&] { return ask(server); });
        CHECK(calls == 0);
    };
    on_each_driver([&counts] {
        return with_server(
            [](http::request&) { return http::response::text("Hello, World!"); },
            counts);
    });
    on_each_driver([&counts] {
        return with_server(
            [](http::request&) -> task<http::response> {
                co_await yield_now();
                co_return http::response::text("Hello, World!");
            },
            counts);
    });
}

TEST_CASE("steady state: a counted call of the heap is seen") {
    on_each_driver([]() -> task<> {
        const std::size_t calls =
            co_await calls_of([]() -> task<> { co_await give_items(std::vector{1}); });
        CHECK(calls >= counted);
    });
}

#endif
