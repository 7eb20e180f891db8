// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// A call in a coroutine that makes the thread wait, and with it every other strand
/// that would run there.
extern const rule blocking;

}  // namespace coil_check
