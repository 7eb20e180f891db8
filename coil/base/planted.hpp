// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// COIL_PLANTED(name) plants a bug: it is true in a build that was configured with
// -DCOIL_PLANT=name, and false, at no cost, in every other. Each build with a planted
// bug must fail the tests that tests/planted.txt names for it, or they prove nothing.

#if defined(COIL_PLANT)

namespace coil::detail {

consteval bool is_planted(const char* name, const char* asked_for) {
    for (; *name == *asked_for; ++name, ++asked_for) {
        if (*name == '\0') return true;
    }
    return false;
}

}  // namespace coil::detail

#define COIL_PLANTED(name) (::coil::detail::is_planted(#name, COIL_PLANT))

#else

#define COIL_PLANTED(name) false

#endif
