// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Type.h>
#include <llvm/ADT/SmallVector.h>

namespace clang {
class Stmt;
class ValueDecl;
}  // namespace clang

namespace coil_check {

class body;
struct unit;

/// An object whose async drop is owed and, on some path, will not be awaited.
struct lost_drop {
    enum class how : unsigned char {
        ended,        // its scope ends
        thrown_past,  // an exception leaves its scope
        stopped,      // the coroutine may be stopped, or failed, where it waits
        overwritten,  // by an assignment, a reset(), ...
    };
    const clang::ValueDecl* object = nullptr;
    clang::QualType type;
    how is = how::ended;
    const clang::Stmt* at = nullptr;  // what ends, throws, waits, overwrites; or null
};

/// Of the locals of a function and, unless it is a coroutine, of its parameters, and of
/// what it overwrites. What was moved from, returned, or given to `coil::drop` or
/// `coil::with` by name owes nothing; nor does what was asked whether it is empty, and
/// is.
llvm::SmallVector<lost_drop, 4> lost_drops(const body& in, const unit& of);

}  // namespace coil_check
