// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class CXXMethodDecl;
class Expr;
class FunctionDecl;
}  // namespace clang

namespace coil_check {

struct unit;

/// Where a coroutine is made to run beside itself that leads to two functions on the
/// same object: `runs`, which may wait, and `changes`, which changes the object. Each
/// may be that coroutine itself. So one of two is in `runs`, while the other changes
/// the object: `co_await room.say(text); room.leave(name);`, spawned once for each
/// guest.
///
/// A spawn in a loop, or one of two on the same object; null if there is none, or if
/// something on the way may keep them apart: a lock, an event, a count.
const clang::Expr* runs_beside_itself(const clang::FunctionDecl& runs,
                                      const clang::CXXMethodDecl& changes,
                                      const unit& of);

}  // namespace coil_check
