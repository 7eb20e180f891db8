// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/compiler.hpp>

// COIL_REACHED("event: set raced with wait") marks a rare branch, so that the test
// written for it can prove that it still gets there: the test compares
// times_reached(...) before and after. A mark costs nothing unless the library is
// built with COIL_MARKS; the build presets dev, asan and tsan are.

namespace coil {

/// How often the mark of this name has been passed since the program began.
///
/// Returns: always 0 if the library is built without COIL_MARKS.
/// Threads: any.
[[nodiscard]] unsigned long times_reached(const char* mark) noexcept;

namespace detail {

/// Counts the mark. Marks are told apart by their text.
void reach(const char* mark) noexcept;

}  // namespace detail
}  // namespace coil

#if defined(COIL_MARKS)
#define COIL_REACHED(mark) ::coil::detail::reach(mark)
#else
#define COIL_REACHED(mark) static_cast<void>(0)
#endif
