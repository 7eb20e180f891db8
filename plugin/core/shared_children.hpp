// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/seen_changes.hpp>

namespace coil_check {

class body;
struct unit;

/// An object that children change which run at the same time.
struct shared_object {
    place of;                                ///< as the function calls it that spawns
    const clang::CallExpr* spawn = nullptr;  ///< of a child that changes it
    const clang::CallExpr* other = nullptr;  ///< of another one; null: the same again
    const clang::Expr* change = nullptr;
};

/// What the children that `in` spawns share and change, as far as all of it can be
/// seen. Each object once. Whether they run on several threads is another question.
llvm::SmallVector<shared_object, 2> shared_by_children(const body& in, const unit& of);

}  // namespace coil_check
