// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A generator may move between threads, as a task may: so may what it is given, and what
// it gives.
#include <coil/stream/generator.hpp>

coil::generator<int> doubled(coil::local_generator<int> numbers) {
    while (auto n = co_await numbers.next()) co_yield 2 * *n;
}
// expected-error@coil/stream/generator.hpp:* {{parameter<1, coil::basic_generator<int, coil::flavour::local, coil::generator_kind::plain>>::is_sendable': a coil::generator may move between threads, and its parameter<number, type> (a member function's object counts) may not: make this coroutine a local_generator, or hand over something else}}

coil::local_generator<int> bound();
coil::generator<int> twice() {
    auto numbers = bound();
    while (auto n = co_await numbers.next()) co_yield 2 * *n;
}
// expected-error@coil/core/task.hpp:* {{a coil::task may move between threads, so it cannot await a coil::local_task: make this coroutine a local_task too}}

struct window {};
template <>
inline constexpr bool coil::enable_sendable<window> = false;
coil::generator<window> windows() {
    co_yield window();
}
// expected-error@coil/stream/generator.hpp:* {{'is_sendable_v<window>': a coil::generator may move between threads, and what this one gives may not: make it a local_generator}}
// expected-note@*:* 0+ {{in instantiation of}}
