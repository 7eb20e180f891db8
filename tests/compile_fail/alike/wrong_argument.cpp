// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arguments have the type of their parameters, and their number.
#include <coil/core/task.hpp>

#include <string>

int size_sync(const std::string& text);
coil::task<int> size_async(const std::string& text);

int sync() {
    size_sync();         // expected-error {{no matching function for call to 'size_sync'}}
    return size_sync(1);  // expected-error {{no matching function for call to 'size_sync'}}
}
coil::task<int> async() {
    co_await size_async();             // expected-error {{no matching function for call to 'size_async'}}
    co_return co_await size_async(1);  // expected-error {{no matching function for call to 'size_async'}}
}
// expected-note@*:* 0+ {{}}
