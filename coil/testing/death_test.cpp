// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <coil/base/assert.hpp>
#include <coil/testing/death.hpp>
#include <coil/testing/probes.hpp>

#include <doctest/doctest.h>

using coil::testing::last_words;
using coil::testing::last_words_of;
using coil::testing::says;

namespace {
coil::local_task<> wait_for_ever() {
    co_await coil::testing::never();
}
}  // namespace

TEST_CASE("death: gives the last words of a program that dies") {
    //! [the last words]
    const std::string words = last_words([] { coil::fatal("so ", "be ", "it"); });
    CHECK(words == "coil: so be it\n");
    //! [the last words]
}

TEST_CASE("death: says so when nobody died") {
    CHECK(last_words([] {}) == "survived");
}

TEST_CASE("death: a deadlock is a death, too") {
    CHECK(says(last_words_of(&wait_for_ever), "waits for never"));
}
