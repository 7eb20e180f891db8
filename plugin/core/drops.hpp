// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

namespace clang {
class CallExpr;
class CXXMethodDecl;
class CXXRecordDecl;
class Expr;
class FunctionDecl;
class ParmVarDecl;
class ValueDecl;
}  // namespace clang

namespace coil_check {

struct unit;

/// The member `async_drop()` of a class or of a base, which is an async destructor as
/// the library's concept `async_droppable` says; null if there is none.
const clang::NamedDecl* async_drop_of(const clang::CXXRecordDecl& record,
                                      const unit& of);

/// The class in an object of this type whose async destructor has to be awaited: its
/// own, that of an element, of what a pointer of the standard library owns, or what an
/// optional, a tuple, ... holds. Null if there is none. A future has none: it is
/// awaited, or the rule unawaited says so. Nor has a class with such a member: it is
/// told so where it is defined.
const clang::CXXRecordDecl* dropped_in(clang::QualType type, const unit& of);

/// Whether an object of this type may hold nothing, as an optional or a vector.
bool may_be_empty(clang::QualType type);
/// Whether an expression makes such an object without anything in it.
bool is_made_empty(const clang::Expr* made);

/// Whether a function awaits the async drop of what it is given there: `coil::drop`,
/// `coil::with`, and parameters that are marked COIL_DROPS.
bool drops_argument(const clang::FunctionDecl& callee, unsigned argument);

/// The variable or the member of `*this` that an expression names, or names a part of:
/// `x`, `std::move(*x)`, `x.front()`, `x[1].y`, `this->x`. Null if it is none of these.
const clang::ValueDecl* place_of(const clang::Expr* expression);

/// The same, and whether the expression names one of several that the place holds: an
/// element of a container of the standard's whose size nobody sees, or a part of one.
struct named_place {
    const clang::ValueDecl* object = nullptr;
    bool is_one_of_several = false;
};
named_place place_named(const clang::Expr* expression);

}  // namespace coil_check
