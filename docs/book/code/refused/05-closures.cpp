// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/core/group.hpp>
#include <coil/core/task.hpp>
#include <coil/core/yield.hpp>

#include <cstdio>
#include <string>

//! [dangles]
coil::task<> later(std::string text) {
    return [text]() -> coil::task<> {
        co_await coil::yield_now();
        std::puts(text.c_str());  // reads the lambda, which has gone
    }();
}
//! [dangles]
