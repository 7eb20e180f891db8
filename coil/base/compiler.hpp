// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// Refuses compilers that accept coroutine code and translate it wrongly.
//
// GCC 12 and 13 destroy aggregates and closures twice when they are temporaries of
// an expression that contains co_await. Clang before 17 may keep a local of an
// inlined await_suspend in the frame, which another thread may already have
// destroyed. Neither says a word; a library cannot mend that in its users' code,
// so it stops here.
//
// COIL_ALLOW_MISCOMPILING_GCC lets such a GCC through, at the user's own risk.

#if defined(__clang__)
#if __clang_major__ < 17
#error \
    "coil: Clang before 17 silently miscompiles coroutines (await_suspend reads a frame that is already gone). Install a newer one, for example: apt-get install clang-19"
#endif
#elif defined(__GNUC__)
#if __GNUC__ < 14 && !defined(COIL_ALLOW_MISCOMPILING_GCC)
#error \
    "coil: GCC before 14 silently miscompiles coroutines (temporaries beside a co_await are destroyed twice). Install a compiler that works, for example: apt-get install clang-19 - or GCC 14; -DCOIL_ALLOW_MISCOMPILING_GCC overrides"
#endif
#else
#error \
    "coil: this compiler is unknown to coil. Install one that is, for example: apt-get install clang-19"
#endif

// A program that relies on coil-check says COIL_REQUIRE_CHECK, so that no file of it is
// compiled without.
#if defined(COIL_REQUIRE_CHECK) && !defined(COIL_CHECK_ACTIVE)
#error \
    "coil: COIL_REQUIRE_CHECK is defined, and coil-check does not look at this file. In CMake, say coil_check(<target>); by hand, clang++-19 -fplugin=coil_check.so"
#endif
