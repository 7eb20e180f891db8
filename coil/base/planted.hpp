// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// COIL_PLANTED(name) plants a bug: it is true in a build that was configured with
// -DCOIL_PLANT=name, and false, at no cost, in every other. Each build with a planted
// bug must fail the tests that tests/planted.txt names for it, or they prove nothing.

// Bugs that only some order of threads shows are for tests/models to find, where
// COIL_MODELLED is set: there they are planted while it runs.

#if defined(COIL_MODELLED)

namespace coil::models {

extern const char* planted_bug;
constexpr bool is_planted(const char* name) {
    if (__builtin_is_constant_evaluated()) return false;
    return planted_bug != nullptr && __builtin_strcmp(planted_bug, name) == 0;
}

}  // namespace coil::models

#define COIL_PLANTED(name) (::coil::models::is_planted(#name))

#elif defined(COIL_PLANT)

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
