// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model.hpp"
#include "on_threads.hpp"

#include <optional>
#include <string>

namespace programs {

/// Where a region did otherwise than the model says; nothing if all is well. For
/// programs without races.
[[nodiscard]] std::optional<std::string> find_difference_of_regions(
    const program& asked, const prediction& told, const outcome_on_threads& came);

/// The first law that was broken; nothing if all is well. For any program.
[[nodiscard]] std::optional<std::string> find_broken_law(
    const program& asked, const outcome_on_threads& came);

/// What came of the programs of many seeds.
struct threads_totals {
    long programs = 0;
    long strands = 0;
    long entries = 0;
    long stops = 0;  // from outside
    long failures = 0;
    std::string report;  // of the first failures, with the smallest programs that fail
};

/// Which programs: without races, compared with the model, or any, held to the laws.
enum class sort_of_program : std::uint8_t { without_races, any };

/// Runs the programs of these seeds on many threads, several at once.
[[nodiscard]] threads_totals check_on_threads(std::uint64_t first, std::uint64_t count,
                                              sort_of_program sort);

/// The program of a seed, as `check_on_threads` runs it.
[[nodiscard]] program program_for_threads(std::uint64_t seed, sort_of_program sort);

}  // namespace programs
