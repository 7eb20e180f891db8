// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class CallExpr;
class Expr;
class FunctionDecl;
}  // namespace clang

namespace coil_check {

class body;
class report;

/// Says where a daemon, which outlives every caller, refers to what a function was lent
/// to read: by a view, a span, a reference to const; or to a group, which ends before.
/// What is lent to be changed is taken for an object that outlives the runtime, and
/// so is all that is given to the daemons of a runtime that the caller named.
void check_daemon_loans(const body& in, report& to);

/// Whether what a call spawns goes to the runtime, and no group waits for it.
bool starts_daemon(const clang::CallExpr& call);

/// Whether an argument is what a daemon is called, which is copied.
bool is_daemon_name(const clang::Expr& argument, const clang::FunctionDecl& given_to);

}  // namespace coil_check
