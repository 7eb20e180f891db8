// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// run is given a task, which it uses up, and not the function that makes one.
#include <coil/runtime/run.hpp>

#include <string>

coil::task<std::string> load();

int main() {
    std::string text = coil::run(load);
    coil::run([]() -> coil::task<> { co_return; });
    auto loading = load();
    text = coil::run(loading);
    const int number = coil::run(42);
    return number;
}
// expected-error@coil/core/awaitable.hpp:* 3 {{this needs something awaitable: a task, or a leaf such as coil::sleep(); a function has to be called, f()}}
// expected-error@coil/core/awaitable.hpp:* {{a task is awaited once and is used up by it: write std::move(it)}}
// expected-note@*:* 0+ {{}}
