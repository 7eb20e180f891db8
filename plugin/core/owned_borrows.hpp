// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class CallExpr;
class Expr;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;

/// A local of a coroutine, or a parameter by value, that an object refers to which is
/// dropped behind them.
struct owned_borrow {
    const clang::VarDecl* local = nullptr;
    const clang::Expr* at = nullptr;
};

/// What the argument of a `coil::own` may refer to, by its type and what it is made of.
/// Null if there is none, or `call` is no such call.
owned_borrow borrow_of_owned(const clang::CallExpr& call, const body& in);

}  // namespace coil_check
