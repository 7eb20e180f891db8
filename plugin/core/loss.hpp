// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/place.hpp>

namespace clang {
class CoroutineSuspendExpr;
}

namespace coil_check {

class body;

/// An operation that loses something when it is stopped: it is marked so, or gives the
/// next item of a stream that a stop ends, or its body can be seen and awaits one on
/// what it was given, or counts there what it has read in parts, or collects there what
/// it takes, or takes there one thing after the other.
struct loss {
    const clang::CallExpr* by = nullptr;  ///< as it is called here
    place from;                           ///< of whom something is lost
    /// What in its body does it, if not `by`: one that is marked, or reads a part.
    const clang::CallExpr* inner = nullptr;
    bool ends = false;  ///< there is nothing more from there, as from a generator
    const clang::VarDecl* into = nullptr;  ///< what `inner` is collected in, if it is
};

/// All that are a part of `whole`, but for what a `shield` keeps from stops.
llvm::SmallVector<loss, 2> losses_in(const clang::Stmt& whole, unsigned depth = 0);

/// One of the operations that an await stops when another of them has won.
struct branch_of {
    unsigned index;
    unsigned count;
};

/// Where something is lost of what is used again: on a path that begins where `await`
/// ended, and goes on where that gave nothing, or not what the branch gives.
const clang::Stmt* used_again(const loss& of, const clang::CoroutineSuspendExpr& await,
                              branch_of branch, const body& in);

}  // namespace coil_check
