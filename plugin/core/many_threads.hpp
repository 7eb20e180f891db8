// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Decl.h>
#include <llvm/ADT/DenseMap.h>

namespace clang {
class ASTContext;
}  // namespace clang

namespace coil_check {

/// Which functions run on several threads, as far as the file itself shows it: what is
/// given to `run` or to the daemons of a `coil::multi_thread_runtime`, and all that
/// those name. One of a single worker, if that is written there, is none.
class many_threads {
public:
    explicit many_threads(clang::ASTContext& ast) : ast_(ast) {}

    /// Where the runtime takes the work that `function` is part of; none if nothing
    /// shows that.
    [[nodiscard]] clang::SourceLocation entered_at(const clang::FunctionDecl& function);

private:
    void find();

    clang::ASTContext& ast_;
    bool has_looked_ = false;
    llvm::DenseMap<const clang::FunctionDecl*, clang::SourceLocation> entered_;
};

}  // namespace coil_check
