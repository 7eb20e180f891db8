// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

#include <string>

namespace clang {
class CallExpr;
class FieldDecl;
class ValueDecl;
}  // namespace clang

namespace coil_check {

struct unit;

/// What to do, in a coroutine, with a local object whose async drop is owed.
/// `coil::own` takes objects that have one themselves; what holds such needs
/// `coil::with`, or a class around it.
std::string mend_of_local(const clang::ValueDecl& object, clang::QualType type,
                          const unit& of);
/// The same, where a stop comes before the drop that is written.
std::string mend_of_stopped(const clang::ValueDecl& object, clang::QualType type,
                            const unit& of);
/// What to do before a call that destroys what `object` holds, or a part of it.
std::string mend_of_overwriting(const clang::CallExpr& call,
                                const clang::ValueDecl& object);
/// What `async_drop()` of the class of a member has to await; empty if it cannot.
std::string drop_of_member(const clang::FieldDecl& field, const unit& of);

}  // namespace coil_check
