// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A leaf waits in a strand, where there always is a runtime: elsewhere it is refused.
#include <coil/time/sleep.hpp>

struct theirs {
    struct promise_type {
        theirs get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
};
theirs wait() {
    co_await coil::sleep(std::chrono::seconds(1));
}
// expected-error@coil/core/leaf.hpp:* {{this coil awaitable can be awaited only in a coil coroutine; in another library's coroutine, wrap a task with coil::as_foreign}}
// expected-note@*:* {{in instantiation of}}
