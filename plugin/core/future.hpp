// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

namespace clang {
class CallExpr;
class Expr;
class Stmt;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;
struct unit;

/// Whether an object of this type is a future: does nothing until it is awaited, and is
/// used up by that. That is what is marked COIL_FUTURE or named by the option
/// `future=`, coil's leaves, and what has an `operator co_await() &&`. A reference is
/// none.
bool is_future(clang::QualType type, const unit& of);
/// Whether an expression makes one, rather than naming one.
bool is_future(const clang::Expr& made, const unit& of);

/// Whether it is a container, optional or smart pointer of the standard's, of futures.
bool holds_futures(clang::QualType type, const unit& of);

/// Whether its objects refer to what they were made from until they end: futures,
/// generators, coil's streams, and what makes such of another.
bool keeps_loans(clang::QualType type, const unit& of);
/// Whether it is a container, optional or smart pointer of the standard's, of those.
bool holds_keepers(clang::QualType type, const unit& of);

/// Whether it is the type of coroutines: they do nothing until they are awaited, and
/// keep their parameters.
bool is_coroutine_type(clang::QualType type, const unit& of);

/// Whether a coroutine of this type runs as soon as it is called, awaited or not: the
/// `initial_suspend()` of its promise is a `std::suspend_never`. None of coil's does.
bool begins_at_once(clang::QualType type, const unit& of);

/// What becomes of a future where it is made.
enum class fate : unsigned char {
    awaited,   // by the full expression that makes it, also inside of a join, race, ...
    kept,      // in a variable
    member,    // initializes a member, in a constructor
    returned,  // to the caller
    handed_on,  // to a function or an object that may keep it
    discarded,
};
struct fate_of_future {
    fate is = fate::handed_on;
    const clang::Expr* future = nullptr;       // itself, or the outermost combinator
    const clang::VarDecl* variable = nullptr;  // of what is kept, if that is known
    const clang::CallExpr* taker = nullptr;    // of what is handed on to a call
    const clang::Stmt* at = nullptr;           // the statement or call that decides it
};

/// `made` is an expression in `in` that gives a future. Combinators, which take futures
/// and give one, are looked through.
fate_of_future fate_of(const clang::Expr& made, const body& in, const unit& of);

/// The same of what `keeps_loans`: looks through streams of streams, too, and through
/// what a coroutine awaits to keep it, as `COIL_FOR` and `coil::own` do.
fate_of_future fate_of_keeper(const clang::Expr& made, const body& in, const unit& of);

}  // namespace coil_check
