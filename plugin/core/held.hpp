// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/STLFunctionalExtras.h>

#include <vector>

namespace coil_check {

class body;
struct unit;

/// Something that a coroutine holds across one of its suspensions, besides its
/// parameters.
struct held {
    enum class what : unsigned char { variable, temporary, operand, awaiter };
    what is = what::variable;
    const clang::CoroutineSuspendExpr* across = nullptr;  ///< the first of them
    clang::QualType type;                      ///< the object's, or the reference's
    const clang::VarDecl* variable = nullptr;  ///< of a variable
    const clang::Expr* expression = nullptr;   ///< of all others
    enum class need : unsigned char { used, destroyed, used_in_next_turn };
    need why = need::used;            ///< of a variable
    clang::SourceLocation then = {};  ///< where; none if it has no place

    /// Where it is declared or written.
    [[nodiscard]] clang::SourceLocation at() const {
        return variable != nullptr ? variable->getLocation() : expression->getExprLoc();
    }
};

/// What `in` holds across its suspensions, as far as `matters(type, variable)`; of what
/// is no variable, that is null. In the order of the source.
std::vector<held> held_across(
    const body& in, const unit& of,
    llvm::function_ref<bool(clang::QualType, const clang::VarDecl*)> matters);

/// The type of the object that the frame holds for a variable: of a reference that
/// keeps a temporary alive, the temporary's.
clang::QualType held_type(const clang::VarDecl& variable);

}  // namespace coil_check
