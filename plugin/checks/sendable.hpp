// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>

namespace coil_check {

/// What a coroutine holds while it may move to another thread has to be sendable.
extern const rule sendable;

}  // namespace coil_check
