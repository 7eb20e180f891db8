// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/DenseMap.h>

namespace clang {
class ASTContext;
class FunctionDecl;
class Stmt;
}  // namespace clang

namespace coil_check {

/// The functions of one translation unit that spawn something, themselves or by what
/// they call, as far as bodies can be seen. Not coil's own.
class spawning_functions {
public:
    bool contains(const clang::FunctionDecl& function, const clang::ASTContext& ast);

private:
    bool spawns(const clang::Stmt& part, const clang::ASTContext& ast);

    llvm::DenseMap<const clang::FunctionDecl*, bool> known_;
};

}  // namespace coil_check
