// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class Expr;
class Stmt;
}  // namespace clang

namespace coil_check {

/// Of a call of a coroutine that waits nowhere, and computes in a loop, or by calling
/// itself, or a function that does: the loop or call. Nothing can stop it. Null of
/// others, and where a body cannot be seen.
const clang::Stmt* computing_without_awaits(const clang::Expr& made);

}  // namespace coil_check
