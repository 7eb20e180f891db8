// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model.hpp"

#include <vector>

namespace programs {

/// The program, for many threads: time is real there, so its pauses are microseconds;
/// what it did in order are children of a group; and there are more yields in it.
[[nodiscard]] program for_threads(program asked, std::uint64_t seed);

/// It again, without what depends on who is first, so that each of its regions does
/// exactly what the model says, whichever threads run it: nothing is won or late, an
/// error or a stop stays in the region where it happens, and each channel has one
/// region that sends and one that receives. As such processes always do, they then
/// give the same items in the same order (G. Kahn, "The semantics of a simple language
/// for parallel programming", 1974).
///
/// What is like this already is not changed.
[[nodiscard]] program without_races(program asked);

/// Whether what it does ended before anything was late: else it waits for ever.
[[nodiscard]] bool ends_by_itself(const prediction& told);

/// A number for each node: those of one number run one after the other, as what is
/// not a part of their own of something concurrent.
[[nodiscard]] std::vector<int> regions_of(const node& root);

}  // namespace programs
