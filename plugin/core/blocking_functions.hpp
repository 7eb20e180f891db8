// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/blocking_calls.hpp>

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>

#include <memory>

namespace clang {
class FunctionDecl;
}

namespace coil_check {

/// The way from a plain function to a call that blocks.
struct blocking_path {
    /// Each is in the body of what the one before it calls; the last one blocks.
    llvm::SmallVector<const clang::CallExpr*, 3> calls;
    blocking_call last;
};

/// The plain functions of one translation unit that block for certain: their bodies are
/// there to be read, and call what blocks, or such a function, whatever they are given.
class blocking_functions {
public:
    /// Null if it does not, or if nobody knows.
    const blocking_path* way_from(const clang::FunctionDecl& function,
                                  clang::ASTContext& ast, unsigned depth = 1);

private:
    llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<blocking_path>> known_;
};

}  // namespace coil_check
