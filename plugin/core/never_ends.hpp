// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;

/// A statement right behind an await that nothing comes back from.
struct never_reached {
    const clang::CoawaitExpr* await = nullptr;
    const clang::CallExpr* call = nullptr;  ///< of what goes on for ever; may be null
    const clang::Stmt* loop = nullptr;      ///< in which it does
    const clang::Stmt* behind = nullptr;
};

/// Those in `in`. Nothing comes back from an awaitable whose `await_resume` is
/// [[noreturn]], and from a coroutine that ends in a loop without a way out: an error
/// or a stop that leaves it does not get to the next statement either. In a template,
/// an await may come back in another instance; ends for the compiler's sake are right.
llvm::SmallVector<never_reached, 1> never_reached_in(const body& in);

}  // namespace coil_check
