// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/compiler.hpp>

namespace coil {

/// Ends the program after writing the pieces, in order, as one line to stderr.
///
/// For broken contracts and states that cannot be left in good order. What a
/// caller could handle is an error instead.
///
/// Threads: any.
[[noreturn]] void fatal(const char* first, const char* second = "",
                        const char* third = "") noexcept;

namespace detail {

struct breach {
    const char* word;  // "expects": the caller's fault; "asserts": ours
    const char* text;
    const char* file;
    int line;
};

[[noreturn]] void fail(const breach& what) noexcept;
[[noreturn, gnu::cold]] void fail(const char* word, const char* text, const char* file,
                                  int line) noexcept;

}  // namespace detail
}  // namespace coil

#define COIL_CHECK_OR_FAIL(word, ...) \
    (static_cast<bool>(__VA_ARGS__)   \
         ? static_cast<void>(0)       \
         : ::coil::detail::fail(word, #__VA_ARGS__, __FILE__, __LINE__))

/// The caller's side of a contract. A breach ends the program in every build with
/// "coil: <file>:<line>: expects <text>".
#define COIL_EXPECTS(...) COIL_CHECK_OR_FAIL("expects", __VA_ARGS__)

/// Our own side: it holds unless coil has a bug. Not evaluated under NDEBUG.
#if defined(NDEBUG)
#define COIL_ASSERT(...) static_cast<void>(sizeof(static_cast<bool>(__VA_ARGS__)))
#else
#define COIL_ASSERT(...) COIL_CHECK_OR_FAIL("asserts", __VA_ARGS__)
#endif

/// The same where the compiler would check it again although it cannot be otherwise.
#if defined(NDEBUG)
#define COIL_ASSUME(...) \
    static_cast<void>((__VA_ARGS__) || (__builtin_unreachable(), 0))
#else
#define COIL_ASSUME(...) COIL_ASSERT(__VA_ARGS__)
#endif
