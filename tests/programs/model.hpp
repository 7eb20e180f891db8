// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "program.hpp"

#include <array>
#include <bitset>

namespace programs {

/// What a run of the model told besides its history.
struct prediction {
    history seen;
    int pieces = 0;                     // how many pieces the strands ran
    int points = 0;                     // how many places could have thrown
    std::array<int, op_count> begun{};  // how often each operation began
    std::bitset<op_count> met_stop[2];  // what a soft, and a hard, stop met
};

/// What coil must do with `asked`, entry by entry.
///
/// The model is written in continuation-passing style over the laws' own words: strands
/// take turns, a turn runs the pieces that were ready when it began, stops are
/// delivered between pieces. It knows no coroutine and shares no code with coil.
[[nodiscard]] prediction predict(const program& asked);

}  // namespace programs
