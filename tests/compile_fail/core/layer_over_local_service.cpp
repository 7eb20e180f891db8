// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A layer's futures may move between threads exactly if those of what is behind it may;
// who asks for movable ones is told which future is not.
#include <coil/core/call.hpp>
#include <coil/core/task.hpp>

template <class S>
struct log_service {
    auto operator()(int request) -> coil::task_like<int, S> {
        co_return co_await behind(request);
    }
    S behind;
};

template <class S>
    requires coil::returns_sendable<S&, int>
coil::task<int> serve(S& service) {
    co_return co_await service(1);
}

struct store {
    coil::task<int> operator()(int request);
};
struct window {
    coil::local_task<int> operator()(int request);
};

coil::task<int> use(log_service<store>& anywhere, log_service<window>& here) {
    co_await serve(anywhere);
    co_return co_await serve(here);  // expected-error {{no matching function for call to 'serve'}}
}
// expected-note@*:* {{candidate template ignored: constraints not satisfied [with S = log_service<window>]}}
// expected-note@*:* {{because 'coil::returns_sendable<log_service<window> &, int>' evaluated to false}}
// expected-note@*:* {{because 'is_sendable_v}}
