// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where an await is missing, a task is not the value that it will give.
#include <coil/core/task.hpp>

#include <string>

std::string name_sync();
coil::task<std::string> name_async();

std::size_t sync() {
    return name_sync().size();
}
coil::task<std::size_t> async() {
    const std::string name = name_async();  // expected-error {{no viable conversion from 'coil::task<std::string>'}}
    co_return name_async().size();          // expected-error {{no member named 'size' in 'coil::basic_task<}}
}
// expected-note@*:* 0+ {{}}
