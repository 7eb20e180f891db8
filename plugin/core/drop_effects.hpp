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

/// What an object owes from here on: an async drop, or none.
struct drop_effect {
    enum class how : unsigned char {
        emptied,
        filled,
        one_taken,    // of several, the drop of one is awaited, or it is moved away
        one_removed,  // of several, one is destroyed
    };
    const clang::ValueDecl* object;
    how is;
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
    drop_effect::how then;
};
std::optional<overwritten_object> overwriting(const clang::CallExpr& call,
                                              const unit& of);

}  // namespace coil_check
