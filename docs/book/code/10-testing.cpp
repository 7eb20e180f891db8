// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! [tests]
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <coil/coil.hpp>
#include <coil/testing/test.hpp>

#include <string>

using namespace std::chrono_literals;

//! [code under test]
coil::task<std::string> fetch(int& calls) {
    ++calls;
    co_await coil::sleep(calls < 3 ? 1h : 10ms);
    co_return "page";
}

coil::task<std::string> fetch_with_patience(int& calls) {
    for (;;) {
        auto page = co_await coil::with_timeout(2s, fetch(calls));
        if (page) co_return std::move(*page);
        co_await coil::sleep(1s);
    }
}
//! [code under test]

COIL_TEST("patience: two slow answers cost their time-outs and pauses") {
    int calls = 0;
    const coil::instant start = coil::now();
    CHECK(co_await fetch_with_patience(calls) == "page");
    CHECK(calls == 3);
    CHECK(coil::now() - start == 2s + 1s + 2s + 1s + 10ms);
}
//! [tests]

//! [order]
COIL_TEST("channel: a full one makes its sender wait") {
    coil::testing::words log;
    coil::channel<int> queue(1);
    auto send = [&]() -> coil::local_task<> {
        for (int i = 1; i <= 2; ++i) {
            (void)co_await queue.send(i);
            log.push_back("sent " + std::to_string(i));
        }
    };
    auto receive = [&]() -> coil::local_task<> {
        co_await coil::sleep(1s);
        auto item = co_await queue.next();
        log.push_back("received " + std::to_string(*item));
    };
    co_await coil::join(send(), receive());
    CHECK(log == coil::testing::words{"sent 1", "received 1", "sent 2"});
}
//! [order]

//! [deadlock]
COIL_TEST("event: nobody sets it" * doctest::should_fail()) {
    coil::event ready;
    co_await coil::join(ready.wait(), coil::sleep(5s));
}
//! [deadlock]

//! [never]
COIL_TEST("patience: what never comes is stopped in time") {
    CHECK_FALSE(co_await coil::with_timeout(24h, coil::never()));
}
//! [never]

//! [seed]
TEST_CASE("race: in every order of ready pieces the sum is the same") {
    for (unsigned seed = 0; seed < 100; ++seed) {
        coil::testing::virtual_runtime runtime(seed);
        auto add = [](int& sum, int more) -> coil::task<> {
            const int before = sum;  // no await between the look and the change
            sum = before + more;
            co_await coil::yield_now();
        };
        auto all = [&add]() -> coil::task<int> {
            int sum = 0;
            co_await coil::join(add(sum, 1), add(sum, 2), add(sum, 3));
            co_return sum;
        };
        CHECK(runtime.run(all()).value() == 6);
    }
}
//! [seed]

//! [duplex]
template <coil::byte_stream S>
coil::task<> greet_all(S peer) {  // a net::tcp_stream, or the end of a duplex
    coil::lines names(peer);
    while (auto name = co_await names.next()) {
        co_await coil::write_all(peer, "hello, " + *name + "\n");
    }
    peer.shutdown();
}

COIL_TEST("greet_all: answers each line") {
    coil::duplex wire;  // what first() writes, second() reads, and back
    auto client = [](coil::duplex::end peer) -> coil::task<coil::testing::words> {
        co_await coil::write_all(peer, "ann\nbob\n");
        peer.shutdown();
        coil::lines answers(peer);
        co_return co_await (answers | coil::collect<std::vector>());
    };
    auto [done, said] =
        co_await coil::join(greet_all(wire.first()), client(wire.second()));
    CHECK(said == coil::testing::words{"hello, ann", "hello, bob"});
}
//! [duplex]

//! [steps]
#include <coil/testing/at_first_step.hpp>
#include <coil/testing/stepped.hpp>

TEST_CASE("notify: wakes one of those who wait") {
    coil::notify told;
    coil::testing::stepped first(told.wait());
    coil::testing::stepped second(told.wait());
    CHECK_FALSE(first.step());  // it has not ended, but waits
    CHECK_FALSE(second.step());
    told.notify_one();
    CHECK(first.wakes() == 1);
    CHECK(second.wakes() == 0);
    CHECK(first.step());
}  // the second is stopped here

COIL_TEST("channel: who receives waits for an item, and for no more") {
    coil::channel<int> queue(1);
    CHECK(co_await coil::testing::is_pending(queue.next()));
    CHECK(queue.try_send(1));
    CHECK(co_await coil::testing::at_first_step(queue.next()) == 1);
}
//! [steps]

//! [held back]
#include <coil/testing/held_back.hpp>

COIL_TEST("take: reads no more of a slow stream than it gives") {
    coil::testing::fate seen;
    coil::channel<int> queue(3);
    for (int i = 1; i <= 3; ++i) CHECK(queue.try_send(i));
    coil::testing::tracked items{coil::testing::interleaved(queue), seen};
    auto two = co_await (items | coil::take(2) | coil::collect<std::vector>());
    CHECK(two == std::vector{1, 2});
    CHECK(seen.items == 2);
    CHECK_FALSE(seen.has_ended);
}
//! [held back]
