// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

namespace clang {
class CallExpr;
class Expr;
}  // namespace clang

namespace coil_check {

class place;
struct unit;

/// How a call may change a container, as far as that matters to what refers into it.
enum class change : unsigned char {
    none,
    growth,   // puts something in, and what is there may move
    removal,  // ends elements, or moves all of them elsewhere
};

/// What a call of a method, an operator or `std::erase_if` makes of the container that
/// it is called on or given, so that a view, an iterator or else a reference into that
/// means nothing any more. Knows the standard's containers and coil::buffer.
change change_by(const clang::CallExpr& call, const clang::Expr& container,
                 bool has_iterator);

/// The container that such a call may change; null if there is none.
const clang::Expr* changed_by(const clang::CallExpr& call);

/// Whether it is a container of the standard's, or coil::buffer.
bool is_container(clang::QualType type);
bool is_buffer(clang::QualType type);

/// Whether such a call leaves nothing where it was, as `all.clear()` does. What it does
/// to one element does not count, and growth only where `counts_growth`.
bool changes_all(const clang::CallExpr& call, const clang::Expr& container,
                 bool has_iterator, bool counts_growth);

/// The same of a call that is given the container by reference: of a function that can
/// be seen, or of coil's io. Where it is changed; null if it is not.
const clang::Expr* changes_given(const clang::CallExpr& call, const place& container,
                                 bool has_iterator, bool counts_growth, const unit& of,
                                 unsigned depth = 0);

}  // namespace coil_check
