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

/// A condition that asks whether an object holds anything: `!x`, `x.has_value()`,
/// `x == nullptr`, `v.empty()`. A loop over `g.next()` asks of `g`.
struct asked_emptiness {
    const clang::ValueDecl* object;
    bool is_empty_if;
};
std::optional<asked_emptiness> emptiness_in(const clang::Expr& condition);

}  // namespace coil_check
