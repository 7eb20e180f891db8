// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Another library's coroutine has no strand that a task could run in.
#include <coil/core/task.hpp>

#include <exception>

struct theirs {
    struct promise_type {
        theirs get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

coil::task<> ours();

theirs wait() {
    co_await ours();
}
// expected-error@coil/core/task.hpp:* {{a coil task can be awaited only in a coil coroutine; in another library's coroutine, write co_await coil::as_foreign(runtime, it)}}
// expected-note@*:* 0+ {{in instantiation of}}
