// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/core.hpp>
#include <coil/sync/event.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/timeout.hpp>

using namespace std::chrono_literals;
using coil::testing::words;

namespace {
coil::task<> wait_and_note(coil::event& awaited, words& log, std::string name) {
    co_await awaited.wait();
    log.push_back(std::move(name));
}
}  // namespace

COIL_TEST("event: wakes those who wait in the order in which they came") {
    words log;
    //! [publish a configuration]
    coil::event is_loaded;
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(wait_and_note(is_loaded, log, "first"));
        group.spawn(wait_and_note(is_loaded, log, "second"));
        co_await coil::yield_now{};
        log.push_back("set");
        is_loaded.set();
    });
    //! [publish a configuration]
    CHECK(log == words{"set", "first", "second"});
}

COIL_TEST("event: a wait after set does not suspend") {
    coil::event e;
    e.set();
    e.set();
    bool others_ran = false;
    auto other = [&]() -> coil::task<> {
        others_ran = true;
        co_return;
    };
    co_await coil::with_group([&](auto& group) -> coil::task<> {
        group.spawn(other());
        co_await e.wait();
        CHECK_FALSE(others_ran);
    });
    CHECK(e.is_set());
}

COIL_TEST("event: a stopped wait leaves the queue") {
    coil::event e;
    const bool in_time = co_await coil::with_timeout(1s, e.wait());
    CHECK_FALSE(in_time);
    e.set();
    co_await e.wait();
}
