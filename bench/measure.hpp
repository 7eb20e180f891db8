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

/// The `main` of a program of rows: `program ROW OPERATIONS REPEATS` prints, among the
/// repeats, the least nanoseconds per operation of CPU time, and of wall time. 64
/// repeats are the limit.
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

/// About 20 us of work that no compiler can shorten, the same in every library.
std::uint64_t compute(std::uint64_t seed) noexcept;
/// How many of these run at a time.
inline constexpr std::uint64_t computed_together = 64;

/// The number whose Fibonacci number takes that many calls, one task each, to compute
/// in the naive way.
inline std::uint64_t fibonacci_of(std::uint64_t tasks) noexcept {
    std::uint64_t number = 0;
    std::uint64_t next = 1;
    for (std::uint64_t calls = 1; calls < tasks; ++number) {
        const std::uint64_t more = calls + next + 1;
        calls = next;
        next = more;
    }
    return number;
}

}  // namespace bench
