// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// An object with an async destructor that is destroyed without it being awaited; an
/// owned one that refers to what dies before; a guard that a stop deceives.
extern const rule async_drop;

}  // namespace coil_check
