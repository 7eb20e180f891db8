// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class CallExpr;
class DeclRefExpr;
class Expr;
class Stmt;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;

/// Whether it is a variable that a range-based for, or COIL_FOR, has for itself.
bool is_of_loop(const clang::VarDecl& variable);

/// The container of the standard's that a COIL_FOR reads, by what its stream is made
/// from. Null of others, and where it reads a stream.
const clang::Expr* range_of_loop(const clang::Expr& initial);

/// Whether a call assigns to all of a variable, or empties it.
bool refills(const clang::CallExpr& call, const clang::VarDecl& holder);

/// Whether a statement declares the variable anew, assigns to all of it, or empties it.
bool renews(const clang::Stmt& statement, const clang::VarDecl& holder);

/// Whether it asks a COIL_FOR's stream for more: when the loop begins, and when it has
/// ended.
bool ends_loop(const clang::Stmt& statement, const clang::VarDecl& stream);

/// Whether it is a use of what a variable refers to: not where it is renewed, and of a
/// loop's own variable only where that goes to its next turn. The address of what is
/// gone may still be compared, or be a key.
bool is_use_of(const clang::DeclRefExpr& named, const clang::VarDecl& holder,
               const body& in);

}  // namespace coil_check
