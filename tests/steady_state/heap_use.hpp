// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstddef>

namespace coil::testing {

/// What this program has asked of `operator new`, which it replaces.
struct heap_use {
    std::size_t calls = 0;  ///< So far.
    std::size_t bytes = 0;  ///< In use now.
};

/// Threads: any; exact while no other thread uses the heap.
[[nodiscard]] heap_use current_heap_use() noexcept;

}  // namespace coil::testing
