// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// What a future refers to has to live as long as it does.
extern const rule lifetime;

}  // namespace coil_check
