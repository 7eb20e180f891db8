// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The gate: `clang++ -fplugin=coil_check.so`. An error of a rule is an error of the
// compilation, which leaves no object file.
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTConsumer.h>
#include <clang/Basic/Version.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>
#include <clang/Lex/Preprocessor.h>

#include <cstdio>
#include <cstdlib>

namespace coil_check {

namespace {

/// A plugin shares the compiler's classes, whose layout another version changes: it
/// would crash there, or worse. So this runs before anything of clang is touched.
const struct version_guard {
    version_guard() {
        const std::string version = clang::getClangFullVersion();
        const std::string wanted =
            "version " + std::to_string(CLANG_VERSION_MAJOR) + ".";
        if (version.find(wanted) != std::string::npos) return;
        std::fprintf(stderr,
                     "error: coil_check.so is for clang %d, and this is '%s': compile "
                     "with clang++-%d, or build the plugin for this one\n",
                     CLANG_VERSION_MAJOR, version.c_str(), CLANG_VERSION_MAJOR);
        std::_Exit(1);
    }
} guard;

class consumer : public clang::ASTConsumer {
public:
    consumer(clang::CompilerInstance& compiler, options chosen)
        : compiler_(compiler),
          chosen_(std::move(chosen)) {}

    void HandleTranslationUnit(clang::ASTContext& ast) override {
        // What does not compile has errors of its own, and holes where they are.
        if (compiler_.getDiagnostics().hasUncompilableErrorOccurred()) return;
        unit whole(ast, chosen_, compiler_.hasSema() ? &compiler_.getSema() : nullptr);
        check(whole);
    }

private:
    clang::CompilerInstance& compiler_;
    options chosen_;
};

class action : public clang::PluginASTAction {
protected:
    std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
        clang::CompilerInstance& compiler, llvm::StringRef /*file*/) override {
        auto& preprocessor = compiler.getPreprocessor();
        preprocessor.setPredefines(preprocessor.getPredefines() +
                                   "#define COIL_CHECK_ACTIVE 1\n");
        return std::make_unique<consumer>(compiler, chosen_);
    }
    bool ParseArgs(const clang::CompilerInstance& compiler,
                   const std::vector<std::string>& arguments) override {
        for (const auto& each : arguments) {
            const std::string wrong = chosen_.take(each);
            if (wrong.empty()) continue;
            auto& to = compiler.getDiagnostics();
            to.Report(
                to.getCustomDiagID(clang::DiagnosticsEngine::Error, "coil-check: %0"))
                << wrong;
            return false;
        }
        return true;
    }
    ActionType getActionType() override { return AddBeforeMainAction; }

private:
    options chosen_;
};

// Without a hyphen: -fplugin-arg-<name>-<argument> ends the name at the first.
const clang::FrontendPluginRegistry::Add<action> here("coil_check",
                                                      "what coil's types promise");

}  // namespace

}  // namespace coil_check
