// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where an await is missing, a task is not the value that it will give.
#include <coil/core/task.hpp>

#include <string>

std::string name_sync();
coil::task<std::string> name_async();

bool flag_sync();
coil::task<bool> flag_async();

std::size_t sync() {
    if (flag_sync()) return 0;
    return name_sync().size();
}
coil::task<std::size_t> async() {
    if (flag_async()) co_return 0;          // expected-error {{value of type 'coil::task<bool>'}}
    const std::string name = name_async();  // expected-error {{no viable conversion from 'coil::task<std::string>'}}
    co_return name_async().size();          // expected-error {{no member named 'size' in 'coil::basic_task<}}
}
// expected-note@*:* 0+ {{}}
