// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "program.hpp"

#include <cstddef>

namespace programs {

/// What came of a program that coil ran.
struct outcome_on_coil {
    history seen;
    int pieces = 0;
    int points = 0;
    std::ptrdiff_t frames_left = 0;  // more alive than before
};

/// Runs `asked` on coil, in virtual time, and writes down what happens.
[[nodiscard]] outcome_on_coil run_on_coil(const program& asked);

}  // namespace programs
