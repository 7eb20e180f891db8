// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>

namespace clang {
class ASTContext;
class FunctionDecl;
}  // namespace clang

namespace coil_check {

/// Who calls whom in one translation unit, outside of system headers. It is asked only
/// where there is something to find, so it is drawn when it is asked first.
class call_sites {
public:
    /// The functions and lambdas that name a function, each once.
    llvm::ArrayRef<const clang::FunctionDecl*> callers_of(
        const clang::FunctionDecl& function, clang::ASTContext& ast);

private:
    void draw(clang::ASTContext& ast);

    using functions = llvm::SmallVector<const clang::FunctionDecl*, 4>;
    llvm::DenseMap<const clang::FunctionDecl*, functions> callers_;
    bool is_drawn_ = false;
};

}  // namespace coil_check
