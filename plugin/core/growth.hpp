// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;
struct unit;

/// A child that refers to an element of a std::vector, which stands outside of the
/// function and moves its elements while the child runs.
struct grown_vector {
    const clang::Expr* work;   // what is spawned
    const clang::Expr* owner;  // the vector
    const clang::CallExpr* growth;
};
/// Not where its capacity may be known.
llvm::SmallVector<grown_vector, 2> grown_under_children(const body& in, const unit& of);

}  // namespace coil_check
