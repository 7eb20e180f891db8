// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/SmallVector.h>

namespace clang {
class CallExpr;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;

/// An object whose destructor waits for another thread: a local variable, or what
/// `std::async` gives to nobody.
struct blocking_end {
    const clang::VarDecl* variable = nullptr;
    const clang::CallExpr* async = nullptr;  // null: it is a std::jthread
};
llvm::SmallVector<blocking_end, 1> blocking_ends(const body& in);

}  // namespace coil_check
