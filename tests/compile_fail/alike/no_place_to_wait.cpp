// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where C++ lets nobody wait: handlers, constructors, destructors, default arguments.
// A function may do there what it likes.
#include <coil/core/task.hpp>

void work_sync();
coil::task<> work_async();
int number_sync();
coil::task<int> number_async();

struct sync_object {
    sync_object() { work_sync(); }
    ~sync_object() { work_sync(); }
};
struct async_object {
    async_object() { co_await work_async(); }   // expected-error {{'co_await' cannot be used in a constructor}}
    ~async_object() { co_await work_async(); }  // expected-error {{'co_await' cannot be used in a destructor}}
};

void sync(int = number_sync()) {
    try {
        work_sync();
    } catch (...) {
        work_sync();
    }
}
coil::task<> async(int = co_await number_async()) {  // expected-error {{'co_await' cannot be used outside a function}}
    try {
        co_await work_async();
    } catch (...) {
        co_await work_async();  // expected-error {{'co_await' cannot be used in the handler of a try block}}
    }
}
// expected-note@*:* 0+ {{}}
