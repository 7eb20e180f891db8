// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;

/// A thread_local variable that a pointer or reference is initialized to refer to.
const clang::VarDecl* thread_local_behind(const clang::VarDecl& variable);

/// A variable of the program that it refers to, or a function's static one.
const clang::VarDecl* static_behind(const clang::VarDecl& variable);

/// A thread_local variable that was set, and is read behind an await.
struct stale_thread_local {
    const clang::VarDecl* variable = nullptr;
    const clang::Expr* set = nullptr;
    const clang::CoroutineSuspendExpr* across = nullptr;
    const clang::Expr* read = nullptr;
};

/// Those in a coroutine, each variable once. Only where it was set for sure: in front
/// of the await and the read, in a block around both, and not again behind the await.
llvm::SmallVector<stale_thread_local, 1> stale_thread_locals(const body& in);

}  // namespace coil_check
