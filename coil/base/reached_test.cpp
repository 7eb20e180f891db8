// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/reached.hpp>

#include <doctest/doctest.h>

#include <string>

TEST_CASE("reached: a mark that was never passed counts zero") {
    CHECK(coil::times_reached("reached: no such mark") == 0);
}

TEST_CASE("reached: marks are counted by their text, wherever it is stored") {
    coil::detail::reach("reached: test, a");
    coil::detail::reach("reached: test, b");
    static const std::string copy = "reached: test, a";
    coil::detail::reach(copy.c_str());
    CHECK(coil::times_reached("reached: test, a") == 2);
    CHECK(coil::times_reached("reached: test, b") == 1);
}

TEST_CASE("reached: the macro counts exactly when COIL_MARKS is defined") {
    COIL_REACHED("reached: test, macro");
#if defined(COIL_MARKS)
    CHECK(coil::times_reached("reached: test, macro") == 1);
#else
    CHECK(coil::times_reached("reached: test, macro") == 0);
#endif
}
