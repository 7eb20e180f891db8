// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A runtime is given a task, as coil::run is, and not the function that makes one.
#include <coil/core/task.hpp>
#include <coil/runtime/multi_thread.hpp>

#include <string>

void serve(coil::multi_thread_runtime& runtime, std::string& name) {
    const std::string whole = runtime.run([&]() -> coil::task<std::string> {
        co_return name;
    }).take();
}
// expected-error@coil/core/awaitable.hpp:* {{this needs something awaitable: a task, or a leaf such as coil::sleep(); a function has to be called, f()}}
// expected-note@*:* 0+ {{in instantiation of}}
