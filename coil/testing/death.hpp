// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/core/task.hpp>

#include <string>

namespace coil::testing {

/// Runs `act` in a child process and gives what it wrote to stderr before it died;
/// "survived" if it did not.
///
/// \snippet coil/testing/death_test.cpp  the last words
[[nodiscard]] std::string last_words(void (*act)());

/// Whether `text` contains `part`.
[[nodiscard]] inline bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

/// Runs `make()` on a virtual-time runtime in a child process, as `last_words` does.
[[nodiscard]] std::string last_words_of(local_task<> (*make)());

}  // namespace coil::testing
