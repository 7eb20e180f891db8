// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>
#include <coil/testing/virtual_time.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace coil::testing {

/// What happened, in order; compared as a list.
using words = std::vector<std::string>;

/// Runs a test's body on a virtual-time runtime: fails on an error that escapes, on a
/// deadlock (naming who waits for what), and on frames that are still alive at the end.
void run_test(local_task<> body);

}  // namespace coil::testing

template <>
struct doctest::StringMaker<coil::testing::words> {
    static String convert(const coil::testing::words& list) {
        std::string text;
        for (const std::string& word : list) text += (text.empty() ? "" : ", ") + word;
        return String(('[' + text + ']').c_str());
    }
};

/// A test case whose body is a coroutine, on virtual time.
#define COIL_TEST(name) COIL_TEST_NAMED(DOCTEST_ANONYMOUS(coil_test_), name)
#define COIL_TEST_NAMED(function, name)      \
    static coil::local_task<> function();    \
    TEST_CASE(name) {                        \
        coil::testing::run_test(function()); \
    }                                        \
    static coil::local_task<> function()
