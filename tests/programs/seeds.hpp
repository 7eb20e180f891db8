// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace programs {

/// The `main` of a tool that is called with FIRST COUNT, which seeds to take. Returns
/// what `run` does.
inline int main_with_seeds(int count, char** arguments,
                           int (*run)(std::uint64_t first, std::uint64_t count)) {
    if (count != 3) {
        std::fprintf(stderr, "usage: %s FIRST COUNT\n", arguments[0]);
        return 2;
    }
    return run(std::strtoull(arguments[1], nullptr, 10),
               std::strtoull(arguments[2], nullptr, 10));
}

}  // namespace programs
