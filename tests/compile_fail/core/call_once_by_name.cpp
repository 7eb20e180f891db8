// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What call_once keeps is given to it; a name stays its owner's.
#include <coil/core/closure.hpp>
#include <coil/core/task.hpp>

coil::task<> work() {
    auto answer = []() -> coil::task<> { co_return; };
    co_await coil::call_once(answer);
}
// expected-error@coil/core/closure.hpp:* {{coil::call_once keeps the closure, and this one has a name: write call_once(std::move(f)), or call_once([&] { return f(); }) if it stays where it is}}
// expected-note@*:* 0+ {{in instantiation of}}
