// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

namespace clang {
class CallExpr;
class CXXMethodDecl;
class Expr;
}  // namespace clang

namespace coil_check {

class body;
struct unit;

/// Who may change a member while a coroutine waits, and where.
struct change_by_other {
    const clang::CXXMethodDecl* method = nullptr;
    const clang::CallExpr* call = nullptr;
    /// Where the same coroutine is spawned again, if it is what both are a part of.
    const clang::Expr* again = nullptr;
};

/// What refers into a container.
enum class how_held : unsigned char { reference, iterator, loop };

/// A function of the same class that ends what refers into a container, which is a
/// member of `*this`, and that may run while the coroutine `in` waits. Says nothing of
/// constructors and what only they, or `in` itself, call; of what a lock keeps apart,
/// or a member that both ask; and of what only fills the container before `in` begins.
change_by_other changed_by_others(const clang::Expr& container, how_held how,
                                  const body& in, const unit& of);

/// A mutex, a guard, a permit, by its name: an author's own count as well.
bool is_like_lock(clang::QualType type);

}  // namespace coil_check
