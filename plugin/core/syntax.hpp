// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/StringRef.h>

namespace clang {
class CallExpr;
class CoroutineSuspendExpr;
class CXXMemberCallExpr;
class DeclRefExpr;
class Expr;
class FunctionDecl;
class QualType;
class Stmt;
class ValueDecl;
class VarDecl;
}  // namespace clang

namespace coil_check {

/// The expression within parentheses and conversions that name the same object. Stops
/// at a temporary that is made there.
const clang::Expr* without_casts(const clang::Expr* expression);

/// As `without_casts`, and through what makes a temporary from it, too.
const clang::Expr* without_wrappers(const clang::Expr* expression);

/// Whether it is `std::move(x)` or `std::forward<T>(x)`.
bool is_move(const clang::CallExpr& call);

/// The variable that `declared` is, or is a part of: of a structured binding what it
/// was taken from. Null if it is neither.
const clang::VarDecl* variable_of(const clang::ValueDecl* declared);

/// The local variable that an expression names, or names a part of: `x`, `x.y`, `x[1]`,
/// `std::move(x)`. Null if there is none, as in `x->y`.
const clang::VarDecl* local_named_by(const clang::Expr* expression);

/// Whether it is a reference or a pointer, so that a variable of it is not the object.
bool leads_elsewhere(clang::QualType type);

/// Whether a name is that of a variable whose object may be somebody else's, too: it
/// was captured, is not local, or leads elsewhere.
bool may_be_of_others(const clang::DeclRefExpr& named);
/// The same of a variable that a function uses.
bool may_be_of_others(const clang::VarDecl& variable, const clang::FunctionDecl& user);

/// Whether it is a loop, of any kind.
bool is_loop(const clang::Stmt& statement);

/// Whether a lambda that is written there captures the variable by reference.
bool captures_by_reference(const clang::Stmt& part, const clang::VarDecl& variable);

/// The plain name of what is called; empty if it has none.
llvm::StringRef name_of(const clang::CallExpr& call);

/// The object of a member call, an operator call, or a call of a closure; null if the
/// call has none.
const clang::Expr* object_of(const clang::CallExpr& call);

/// The call in `co_await f(x)`: whose result is awaited there. Null if there is none.
const clang::CallExpr* awaited_call(const clang::CoroutineSuspendExpr& await);
/// The same of an expression, which may be anything, and of null.
const clang::CallExpr* call_awaited_by(const clang::Expr* expression);

}  // namespace coil_check
