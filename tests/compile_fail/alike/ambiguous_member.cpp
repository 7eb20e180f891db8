// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A member that two bases have is neither's.
#include <coil/core/task.hpp>

struct reader {
    int close_sync();
    coil::task<int> close_async();
};
struct writer {
    int close_sync();
    coil::task<int> close_async();
};
struct both : reader, writer {};

int sync(both& file) {
    return file.close_sync();  // expected-error {{member 'close_sync' found in multiple base classes of different types}}
}
coil::task<int> async(both& file) {
    co_return co_await file.close_async();  // expected-error {{member 'close_async' found in multiple base classes of different types}}
}
// expected-note@*:* 0+ {{}}
