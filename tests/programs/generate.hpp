// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "program.hpp"

#include <cstddef>
#include <span>

namespace programs {

/// Numbers that decide what a program is: from a seed, or from a fuzzer's bytes.
class draws {
public:
    explicit draws(std::uint64_t seed) noexcept : random_(seed), is_seeded_(true) {}
    explicit draws(std::span<const std::uint8_t> bytes) noexcept
        : random_(0),
          bytes_(bytes) {}

    /// A number below `limit`.
    [[nodiscard]] unsigned below(unsigned limit) noexcept;
    /// 16 bits that are unlike those of the other calls, whatever the fuzzer's bytes.
    [[nodiscard]] unsigned different() noexcept { return random_.below(1 << 16); }

private:
    random_numbers random_;
    std::span<const std::uint8_t> bytes_;
    bool is_seeded_ = false;
};

struct limits {
    std::size_t size_min = 8;
    std::size_t size_max = 40;
    bool may_fail = true;  // programs without exceptions may not
};

/// A program, and the stops that it meets.
[[nodiscard]] program generate(draws& from, const limits& within);

}  // namespace programs
