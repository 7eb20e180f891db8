// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;

/// Where the body of `with_group()` leaves a pointer to its group: in a variable that
/// stands outside, or as its result.
llvm::SmallVector<const clang::Expr*, 1> kept_groups(const body& in);

}  // namespace coil_check
