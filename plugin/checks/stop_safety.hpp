// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// What is lost when an operation is stopped, and an await for what its own strand
/// holds.
extern const rule stop_safety;

}  // namespace coil_check
