// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plain function cannot wait.
#include <coil/core/task.hpp>

coil::task<int> answer();

int wait() {
    return co_await answer();
}
// expected-error@*:* {{this function cannot be a coroutine: 'std::coroutine_traits<int>' has no member named 'promise_type'}}
// expected-error@*:* 0+ {{}}
