// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// Frames that are large, what is copied into them, and what they cannot align.
extern const rule cost;

}  // namespace coil_check
