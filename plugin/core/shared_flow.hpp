// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/others.hpp>

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

/// A use of an iterator, a reference or a view into a container after that may have
/// changed: by another function while an await waits, or by a call of this one.
struct shared_use {
    const clang::DeclRefExpr* use;
    const clang::VarDecl* holder;
    const clang::Expr* container;
    const clang::CoroutineSuspendExpr* waits = nullptr;  // or ...
    const clang::CallExpr* changed_by = nullptr;
    change_by_other other = {};
};

/// Those of a coroutine, where the container is a member of `*this`, or is a
/// coil::buffer or given to what changes it. At most one for each container. See
/// `stale_uses` for what a function does itself to its own locals.
llvm::SmallVector<shared_use, 2> shared_uses(const body& in, const unit& of);

}  // namespace coil_check
