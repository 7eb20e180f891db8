// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/place.hpp>

namespace clang {
class ASTContext;
class FunctionDecl;
}  // namespace clang

namespace coil_check {

/// A change of an object that a function was given, or is a member of, or, if it is a
/// lambda, has captured.
struct seen_change {
    place of;  ///< as the function calls it
    const clang::Expr* at = nullptr;
};

/// What a function changes of what others may see: assignments, increments, and calls
/// that change a container, string, optional or smart pointer of the standard's. Looks
/// into functions that it hands the object on to, if they can be seen.
///
/// Nothing, if it takes any lock: nobody knows then what that is for. Elements that are
/// named by an index do not count: each caller may have its own.
llvm::SmallVector<seen_change, 4> seen_changes_by(const clang::FunctionDecl& function,
                                                  clang::ASTContext& ast);

}  // namespace coil_check
