// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A bound on what a method gives is checked where the generic function is called.
#include <coil/core/task.hpp>

struct movable_store {
    coil::task<int> get(int key);
};
struct local_store {
    coil::local_task<int> get(int key);
};
template <class S>
concept gets_anywhere = !coil::is_local_v<decltype(std::declval<S&>().get(1))>;

template <gets_anywhere S>
coil::task<int> get_first(S& from) {
    return from.get(1);
}
coil::task<int> with_bound(movable_store& one, local_store& other) {
    co_await get_first(one);
    co_return co_await get_first(other);  // expected-error {{no matching function for call to 'get_first'}}
}
// expected-note@*:* {{candidate template ignored: constraints not satisfied}}
// expected-note@*:* {{because 'local_store' does not satisfy 'gets_anywhere'}}
// expected-note@*:* {{because '!coil::is_local_v}}

// Without the bound it is found inside, at the await that cannot be.
template <class S>
coil::task<int> get_second(S& from) {
    co_return co_await from.get(2);
}
coil::task<int> without_bound(local_store& other) {
    co_return co_await get_second(other);
}
// expected-error@coil/core/task.hpp:* {{a coil::task may move between threads, so it cannot await a coil::local_task: make this coroutine a local_task too}}
// expected-note@*:* 2 {{in instantiation of}}
