// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nothing is not something.
#include <coil/core/task.hpp>

void work_sync();
coil::task<> work_async();

int sync() {
    return work_sync();  // expected-error {{cannot initialize return object of type 'int' with an rvalue of type 'void'}}
}
coil::task<> async() {
    const int result = co_await work_async();  // expected-error {{cannot initialize a variable of type 'const int' with an rvalue of type 'void'}}
    (void)result;
}
// expected-note@*:* 0+ {{}}
