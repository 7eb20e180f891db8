// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is private or deleted is not called.
#include <coil/core/task.hpp>

class safe {
    int open_sync();
    coil::task<int> open_async();
};
int gone_sync() = delete;
coil::task<int> gone_async() = delete;

int sync(safe locked) {
    locked.open_sync();  // expected-error {{'open_sync' is a private member of 'safe'}}
    return gone_sync();  // expected-error {{call to deleted function 'gone_sync'}}
}
coil::task<int> async(safe locked) {
    co_await locked.open_async();     // expected-error {{'open_async' is a private member of 'safe'}}
    co_return co_await gone_async();  // expected-error {{call to deleted function 'gone_async'}}
}
// expected-note@*:* 0+ {{}}
