// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/base/assert.hpp>
#include <coil/core/strand.hpp>

namespace coil::detail {

/// A runtime's `run` would keep a strand from its turns: ends the program with a text.
inline void check_outside_strands() noexcept {
    if (strand::current() == nullptr) return;
    fatal("a runtime was told to run inside a running strand; co_await the work, or ",
          "spawn it in a group");
}

}  // namespace coil::detail
