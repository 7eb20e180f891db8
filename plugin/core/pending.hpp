// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;
struct unit;

/// What an expression that is not finished yet keeps while a co_await in it waits:
/// `add(make(), co_await more())`.
struct pending {
    /// Temporaries with a destructor, which live to the end of the full expression; not
    /// those that a combinator or coroutine has taken over.
    llvm::SmallVector<const clang::Expr*, 4> temporaries;
    /// Values and references that are evaluated and not used yet.
    llvm::SmallVector<const clang::Expr*, 4> operands;
    /// Variables among the operands.
    llvm::SmallVector<const clang::VarDecl*, 4> variables;
};
pending pending_at(const clang::CoroutineSuspendExpr& suspension, const body& in,
                   const unit& of);

/// Whether `part` may be evaluated before `suspension`, in the same full expression.
/// Where the language leaves the order open, compilers differ: it may.
bool may_precede(const clang::Expr& part, const clang::Stmt& suspension,
                 const body& in);

/// The temporary that a reference keeps alive as long as itself; null if it refers to
/// something else.
const clang::MaterializeTemporaryExpr* extended_by(const clang::VarDecl& variable);

}  // namespace coil_check
