// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class CallExpr;
}

namespace coil_check {

struct unit;

/// Whether what is given for a parameter, or for the object if that is negative, has to
/// live on when the call has returned. Of a coroutine that begins at once only what it
/// uses when it has waited once: it may copy before what it needs.
bool is_used_later(const clang::CallExpr& call, int parameter, const unit& of);

}  // namespace coil_check
