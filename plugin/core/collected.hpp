// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/place.hpp>

namespace coil_check {

/// A loop of a coroutine that takes items from somebody, and has them in a container of
/// its own, and nowhere else, until it has ended.
struct collecting {
    const clang::CallExpr* takes;  ///< such as `queue.next()`
    place from;
    const clang::VarDecl* into;
};

/// Those of a coroutine. Not where it may give away before what it has, or looks itself
/// at how an await ended: then that may be kept when it is stopped.
llvm::SmallVector<collecting, 2> collected_in(const clang::FunctionDecl& coroutine);

}  // namespace coil_check
