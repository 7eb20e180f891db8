// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The result comes back to another thread.
#include <coil/core/sendable.hpp>
#include <coil/core/task.hpp>
#include <coil/runtime/on.hpp>

struct handle {
    static constexpr bool is_local = true;
};

coil::task<> ask(coil::executor& there) {
    auto open = [] { return handle(); };
    (void)co_await coil::on(there, open);
}
// expected-error@coil/runtime/on.hpp:* {{the result goes to another thread, and this type is not sendable}}
// expected-note@*:* 0+ {{in instantiation of}}
// expected-note@*:* 0+ {{because}}
