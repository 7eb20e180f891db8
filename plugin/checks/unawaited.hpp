// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// A future that nobody awaits does nothing; one that is awaited twice is gone.
extern const rule unawaited;

}  // namespace coil_check
