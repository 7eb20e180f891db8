// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/mailbox.hpp>
#include <coil/core/yield.hpp>
#include <coil/runtime/current_thread.hpp>
#include <coil/runtime/event_loop.hpp>
#include <coil/testing/death.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace coil;
using namespace std::chrono_literals;

namespace {

/// A world where nothing happens and time passes as it is told to.
class still_world final : public driver {
public:
    [[nodiscard]] instant now() noexcept override { return time; }
    bool wait(instant) noexcept override {
        ++waits;
        return false;
    }
    void wake() noexcept override {}

    instant time = instant(1s);
    int waits = 0;
};

/// Yields `count` times, and takes `each` for it every time. Gives the longest row of
/// turns between two looks at the world outside.
task<int> busy(still_world& world, int count, clock::duration each) {
    int longest = 0;
    int row = 0;
    int waits = world.waits;
    for (int i = 0; i < count; ++i) {
        co_await yield_now();
        world.time += each;
        row = std::exchange(waits, world.waits) == world.waits ? row + 1 : 0;
        longest = std::max(longest, row);
    }
    co_return longest;
}

}  // namespace

TEST_CASE("event_loop: short turns are seldom interrupted by a look outside") {
    still_world world;
    event_loop loop(world);
    const int longest = loop.run(busy(world, 100'000, 10ns)).take();
    CHECK(longest > 500);
    CHECK(world.waits < 400);
}

TEST_CASE("event_loop: turns that become long do not keep the world outside waiting") {
    still_world world;
    event_loop loop(world);
    const auto changes = [&]() -> task<> {
        (void)co_await busy(world, 100'000, 10ns);
        const int at_first = co_await busy(world, 100, 10ms);
        CHECK(at_first <= 16);
        const int then = co_await busy(world, 100, 10ms);
        CHECK(then <= 1);
        const int short_again = co_await busy(world, 100'000, 10ns);
        CHECK(short_again > 500);
    };
    loop.run(changes()).take();
}

TEST_CASE("event_loop: running it while it runs ends the program with a text") {
    const std::string words = testing::last_words([] {
        struct intruder : remote_message {
            explicit intruder(event_loop& of) : remote_message(delivered), loop(of) {}
            static void delivered(remote_message& m) noexcept {
                const auto nothing = []() -> task<> { co_return; };
                static_cast<intruder&>(m).loop.run(nothing()).take();
            }
            event_loop& loop;
        };
        current_thread_runtime runtime;
        intruder late(runtime);
        const auto waits = [&]() -> task<> {
            runtime.remote().post(late);
            for (;;) co_await yield_now();
        };
        runtime.run(waits()).take();
    });
    CHECK(testing::says(words, "told to run while it runs already"));
}
