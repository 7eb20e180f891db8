// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// What GCC translates otherwise than C++ says, or crashes on.
extern const rule compiler;

}  // namespace coil_check
