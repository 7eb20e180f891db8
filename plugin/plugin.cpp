// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The gate: `clang++ -fplugin=coil_check.so`. An error of a rule is an error of the
// compilation, which leaves no object file.
#include <plugin/core/consumer.hpp>
#include <plugin/core/version_guard.hpp>

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendPluginRegistry.h>

namespace coil_check {

namespace {

const version_guard guard("coil_check.so", "clang++");

class action : public clang::PluginASTAction {
protected:
    std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
        clang::CompilerInstance& compiler, llvm::StringRef /*file*/) override {
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
