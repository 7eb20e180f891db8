// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who makes, runs and destroys the runtime of a socket, and in which order.
#include <coil/core/join.hpp>
#include <coil/core/race.hpp>
#include <coil/core/yield.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/runtime/run.hpp>
#include <coil/testing/death.hpp>

#include <doctest/doctest.h>

#include <future>
#include <list>
#include <memory>
#include <thread>

using namespace coil;

namespace {

/// Sockets that stay open when the work has ended. The system may have been asked for
/// more on each of them.
struct open_sockets {
    std::optional<net::tcp_listener> listener;
    std::optional<net::tcp_stream> client;
    std::optional<net::tcp_stream> server;
};

task<> open_and_use(open_sockets& all) {
    all.listener = co_await net::listen({});
    auto [client, server] = co_await join(net::connect(all.listener->local_endpoint()),
                                          all.listener->next());
    all.client = std::move(client);
    all.server = std::move(server);
    buffer received;
    co_await join(read_some(*all.server, received), write_all(*all.client, "ping"));
    co_await race(all.client->wait_closed(), yield_now());
}

task<> use_sockets() {
    open_sockets all;
    co_await open_and_use(all);
}

template <class F>
void on_a_thread(F act) {
    std::thread(act).join();
}

/// A thread that does `act`, and is there until the end of this.
class idle_thread {
public:
    template <class F>
    explicit idle_thread(F act) {
        std::promise<void> acted;
        thread_ = std::thread([&acted, act, end = end_.get_future()] {
            act();
            acted.set_value();
            end.wait();
        });
        acted.get_future().wait();
    }
    idle_thread(const idle_thread&) = delete;
    idle_thread& operator=(const idle_thread&) = delete;
    ~idle_thread() {
        end_.set_value();
        thread_.join();
    }

private:
    std::promise<void> end_;
    std::thread thread_;
};

}  // namespace

TEST_CASE("tcp: one thread makes a runtime, another runs it, and a third destroys it") {
    auto runtime = std::make_unique<current_thread_runtime>();
    on_a_thread([&] { runtime->run(use_sockets()).take(); });
    on_a_thread([&] { runtime.reset(); });
    CHECK(runtime == nullptr);
}

TEST_CASE("tcp: runtimes of several threads are destroyed by one that ran its own") {
    std::list<current_thread_runtime> all(3);
    for (auto& one : all) {
        if (&one != &all.front()) {
            on_a_thread([&one] { one.run(use_sockets()).take(); });
        }
    }
    all.front().run(use_sockets()).take();
    while (all.size() > 1) all.pop_back();
    all.front().run(use_sockets()).take();  // untouched by the others' ends
}

TEST_CASE("tcp: another thread closes the sockets of a runtime whose thread has gone") {
    auto runtime = std::make_unique<current_thread_runtime>();
    open_sockets all;
    on_a_thread([&] { runtime->run(open_and_use(all)).take(); });
    CHECK(all.listener->local_endpoint().port() != 0);
    all = {};
    runtime.reset();
}

TEST_CASE("tcp: another thread closes the sockets of a runtime whose thread is idle") {
    auto runtime = std::make_unique<current_thread_runtime>();
    open_sockets all;
    const idle_thread runner([&] { runtime->run(open_and_use(all)).take(); });
    all = {};
    runtime.reset();
    CHECK(runtime == nullptr);
}

TEST_CASE("tcp: a listener that leaves the runtime ends the program with a text") {
    const std::string said = testing::last_words([] {
        const net::tcp_listener taken_along = run(net::listen({}));
        fatal("it is closed with its runtime gone");
    });
    CHECK(testing::says(said, "a socket outlived its runtime"));
    CHECK_FALSE(testing::says(said, "it is closed with its runtime gone"));
}

TEST_CASE("tcp: a connection that outlives the runtime ends the program with a text") {
    const std::string said = testing::last_words([] {
        open_sockets all;
        current_thread_runtime runtime;
        runtime.run(open_and_use(all)).take();
        all.listener.reset();
        all.client.reset();
    });
    CHECK(testing::says(said, "a socket outlived its runtime"));
}

TEST_CASE("tcp: a socket that was moved or closed by hand is not taken to be open") {
    current_thread_runtime runtime;
    open_sockets all;
    runtime.run(open_and_use(all)).take();
    net::tcp_stream moved = *std::exchange(all.client, std::nullopt);
    moved = *std::exchange(all.server, std::nullopt);
    moved.close();
    all.listener->close();
    CHECK_FALSE(moved.is_open());
}
