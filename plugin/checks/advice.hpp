// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// What reads better in another way that means the same.
extern const rule advice;

}  // namespace coil_check
