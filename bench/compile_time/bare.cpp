// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every coroutine program pays: <coroutine>, and the least to use it.
#include <coroutine>

struct hello {
    struct promise_type {
        hello get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept {}
    };
};

hello answer(int& to) {
    to = 42;
    co_return;
}

hello ask(int& to) {
    answer(to);
    co_return;
}
