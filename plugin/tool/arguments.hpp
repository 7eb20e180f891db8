// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/Tooling/ArgumentsAdjusters.h>

namespace coil_check {

/// Makes of another compiler's command one that Clang takes: leaves out what its table
/// of options does not know, all warnings but ours, and precompiled headers.
clang::tooling::ArgumentsAdjuster only_what_clang_knows();

}  // namespace coil_check
