// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/as_foreign.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>
#include <coil/testing/test.hpp>
#include <coil/time/sleep.hpp>

using namespace std::chrono_literals;

namespace {

// The least that another library's coroutine can be.
struct plain {
    struct promise_type {
        plain get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept {}
    };
};

coil::task<int> answer() {
    co_await coil::sleep(1s);
    co_return 42;
}
coil::task<> stops_itself() {
    co_await coil::stop_here{};
}

//! [a plain coroutine awaits a task]
plain await_from_outside(coil::executor& runtime, int& result, bool& was_stopped) {
    coil::outcome<int> answered = co_await coil::as_foreign(runtime, answer());
    result = answered.value();
    coil::outcome<> stopped = co_await coil::as_foreign(runtime, stops_itself());
    was_stopped = stopped.is_stopped();
}
//! [a plain coroutine awaits a task]

}  // namespace

TEST_CASE("as_foreign: another library's coroutine awaits coil's work") {
    coil::testing::virtual_runtime runtime;
    int result = 0;
    bool was_stopped = false;
    await_from_outside(runtime, result, was_stopped);
    auto long_enough = []() -> coil::task<> { co_await coil::sleep(2s); };
    (void)runtime.run(long_enough());
    CHECK(result == 42);
    CHECK(was_stopped);
}
