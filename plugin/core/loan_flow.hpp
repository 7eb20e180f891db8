// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/loans.hpp>

namespace coil_check {

/// A use of a local variable, after what it refers to has ended or changed.
struct stale_use {
    const clang::DeclRefExpr* use;
    const clang::VarDecl* holder;
    lender lent;
    /// What moved from it, or ended its elements; null if its block has ended.
    const clang::CallExpr* changed_by = nullptr;
};

/// Those of a function: of futures, streams and their containers, and in coroutines of
/// references, views and iterators into containers, too.
llvm::SmallVector<stale_use, 4> stale_uses(const body& in, const unit& of);

/// Whether what a call gives is lent until the next one: see COIL_LENDS.
bool lends_items(const clang::CallExpr& call);

/// Whether `one` stands in a block that `other` does not: declared later is enough for
/// the order of destruction, but not for a use.
bool ends_before(const clang::VarDecl& one, const clang::VarDecl& other,
                 const body& in);

}  // namespace coil_check
