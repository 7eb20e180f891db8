// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/SmallVector.h>

#include <optional>

namespace clang {
class CallExpr;
class Expr;
class Stmt;
class ValueDecl;
}  // namespace clang

namespace coil_check {

struct unit;

/// Whether an object owes an async drop, from here on.
struct drop_effect {
    const clang::ValueDecl* object;
    bool is_full;
};

/// Whether it is `nullptr`, `std::nullopt`, or an object that is made with nothing in
/// it.
bool is_nothing(const clang::Expr* value);

/// What one statement or expression, without its parts, does.
llvm::SmallVector<drop_effect, 2> drop_effects(const clang::Stmt& of_this,
                                               const unit& of);

/// A call that destroys what an object holds: an assignment, `reset()`, `clear()`, ...
struct overwritten_object {
    const clang::Expr* object;
    std::optional<bool> is_full_then;  // none: as before
};
std::optional<overwritten_object> overwriting(const clang::CallExpr& call,
                                              const unit& of);

}  // namespace coil_check
