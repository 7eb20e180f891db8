// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/object_use.hpp>

namespace coil_check {

struct unit;

/// A use of an object after it was moved into a future, or into what is spawned.
struct late_read {
    enum class time : unsigned char {
        later,
        next_round,  ///< of a loop around both
        same_call,   ///< whose arguments are evaluated in any order
    };
    const clang::Expr* use;
    object of;
    const clang::CallExpr* move;
    const clang::CallExpr* into;  ///< that gives the future, or spawns
    time when;
};

/// Those of a function, one of each object. Only where it is clear that the object has
/// been moved, and that nothing has given it a value since.
llvm::SmallVector<late_read, 2> reads_after_gift(const body& in, const unit& of);

}  // namespace coil_check
