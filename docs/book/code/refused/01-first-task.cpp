// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task.hpp>

coil::task<int> answer();

//! [by name]
coil::task<int> ask() {
    coil::task<int> later = answer();
    co_return co_await later;
}
//! [by name]
