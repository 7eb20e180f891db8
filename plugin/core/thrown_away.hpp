// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>

#include <optional>
#include <string>

namespace clang {
class Expr;
class FunctionDecl;
class Stmt;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;
struct unit;

/// The function behind a callable of this type, if there is only one: that of a
/// closure, of a class with one `operator()`. Of a generic closure, an instance.
const clang::FunctionDecl* function_called_on(clang::QualType callable);

/// A callable of the user's that gives futures, to somebody of the standard library who
/// throws away what it gives: `std::for_each`, a `std::function<void()>`, a thread.
struct futures_for_nobody {
    const clang::Expr* callable;
    clang::QualType future;  // what each call of it gives
    std::string taker;       // who throws it away
    bool is_algorithm = false;
};
std::optional<futures_for_nobody> futures_for_nobody_in(const clang::Stmt& of_this,
                                                        const unit& of);

/// Whether a local container is given coroutines' futures and never asked for them: it
/// is neither read, nor moved, nor known to anybody else.
bool is_never_read(const clang::VarDecl& container, const body& in, const unit& of);

}  // namespace coil_check
