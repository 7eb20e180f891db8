// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/options.hpp>

#include <clang/AST/ASTConsumer.h>

namespace clang {
class CompilerInstance;
}

namespace coil_check {

/// Checks a translation unit once the compiler has read it: what the plugin and the
/// tool hang in. From its making on the file sees COIL_CHECK_ACTIVE.
class consumer : public clang::ASTConsumer {
public:
    consumer(clang::CompilerInstance& compiler, options chosen);

    void HandleTranslationUnit(clang::ASTContext& ast) override;

protected:
    /// When all is checked; `coroutines` are written there.
    virtual void looked_at(unsigned coroutines);

private:
    clang::CompilerInstance& compiler_;
    options chosen_;
};

}  // namespace coil_check
