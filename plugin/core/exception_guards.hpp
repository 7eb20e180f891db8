// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

namespace clang {
class CallExpr;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;

/// Where the destructor of an object of this type asks `std::uncaught_exceptions()`, as
/// far as the program shows. Null if it does not, or asks `coil::is_unwinding()`, too.
const clang::CallExpr* exceptions_counted_at_end(clang::QualType type);

/// Whether a coroutine waits in the scope of a local variable, behind its declaration.
bool waits_in_scope_of(const clang::VarDecl& local, const body& in);

}  // namespace coil_check
