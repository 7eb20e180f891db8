// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace bench {

/// One row of the table, as one library does it.
struct row {
    std::string_view name;
    /// Does the operation that many times; gives something that depends on all of them.
    std::uint64_t (*run)(std::uint64_t operations);
};

/// The `main` of a program of rows: `program ROW OPERATIONS REPEATS` prints the least
/// CPU nanoseconds per operation among the repeats. 64 repeats are the limit.
int measure(std::span<char*> arguments, std::span<const row> rows);

/// Numbers that look random and are the same in every run and every library.
class numbers {
public:
    std::uint64_t below(std::uint64_t limit) noexcept {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return (state_ >> 33) % limit;
    }

private:
    std::uint64_t state_ = 1;
};

}  // namespace bench
