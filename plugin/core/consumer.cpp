// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/consumer.hpp>
#include <plugin/core/unit.hpp>

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/Preprocessor.h>

namespace coil_check {

consumer::consumer(clang::CompilerInstance& compiler, options chosen)
    : compiler_(compiler),
      chosen_(std::move(chosen)) {
    auto& preprocessor = compiler.getPreprocessor();
    preprocessor.setPredefines(preprocessor.getPredefines() +
                               "#define COIL_CHECK_ACTIVE 1\n");
}

void consumer::HandleTranslationUnit(clang::ASTContext& ast) {
    // What does not compile has errors of its own, and holes where they are.
    if (compiler_.getDiagnostics().hasUncompilableErrorOccurred()) return;
    unit whole(ast, chosen_, compiler_.hasSema() ? &compiler_.getSema() : nullptr);
    looked_at(check(whole));
}

void consumer::looked_at(unsigned /*coroutines*/) {}

}  // namespace coil_check
