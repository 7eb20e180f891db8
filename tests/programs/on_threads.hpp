// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "program.hpp"

#include <cstddef>
#include <span>

namespace programs {

/// What came of a program that threads ran. Its entries are in an order in which they
/// may have happened, each strand's in its own.
struct outcome_on_threads {
    history seen;
    int made = 0;     // resources
    int dropped = 0;  // of them
    int strands = 0;
};

struct on_threads_options {
    unsigned workers = 3;
    std::uint64_t seed = 0;  // draws when a thread gives way to others
    // Whether what waits for what will not come is stopped; if not, it hangs.
    bool stops_what_waits = false;
};

struct outcomes_on_threads {
    std::vector<outcome_on_threads> each;
    std::ptrdiff_t frames_left = 0;
};
/// Runs several programs, each in a world of its own, at once on one runtime. The stops
/// that they meet come when so many entries are written as it has a number. If one of
/// them hangs, the process says which, and ends.
[[nodiscard]] outcomes_on_threads run_on_threads(std::span<const program> asked,
                                                 on_threads_options options);

}  // namespace programs
