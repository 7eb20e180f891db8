// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/place.hpp>

namespace clang {
class CallExpr;
class FunctionDecl;
}  // namespace clang

namespace coil_check {

/// What a coroutine has taken from somewhere, when it awaits more from there.
struct taken_first {
    const clang::CallExpr* takes;
    place from;
};

/// Those that are only in the coroutine's own variables while it waits for more, and
/// used after that: a stop there loses them. `key = co_await all.next(); value =
/// co_await all.next();`
llvm::SmallVector<taken_first, 1> taken_in_a_row(const clang::FunctionDecl& coroutine);

}  // namespace coil_check
