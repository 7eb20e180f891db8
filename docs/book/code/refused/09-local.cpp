// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/task.hpp>

//! [local]
coil::local_task<int> draw();

coil::task<int> frame() {
    co_return co_await draw();
}
//! [local]
