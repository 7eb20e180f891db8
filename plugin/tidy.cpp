// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The rules as checks of clang-tidy: `clang-tidy-19 -load coil_check_tidy.so
// --checks='-*,coil-*'`. There is no Sema in it, so what only the compiler can
// instantiate has no answer there: see the known differences in run_cases.py.
#include <plugin/core/report.hpp>
#include <plugin/core/rules.hpp>
#include <plugin/core/unit.hpp>
#include <plugin/core/version_guard.hpp>

#include <clang-tidy/ClangTidyCheck.h>
#include <clang-tidy/ClangTidyModule.h>
#include <clang-tidy/ClangTidyModuleRegistry.h>

namespace coil_check {

namespace {

const version_guard guard("coil_check_tidy.so", "clang-tidy");

class tidy_check : public clang::tidy::ClangTidyCheck {
public:
    tidy_check(const rule& by, llvm::StringRef name,
               clang::tidy::ClangTidyContext* context)
        : ClangTidyCheck(name, context),
          futures_(Options.getLocalOrGlobal("Futures", "")),
          frame_budget_(Options.getLocalOrGlobal("FrameBudget", "")) {
        (void)chosen_.take("all=off");
        // Whoever enables a check wants to hear of it.
        const bool is_warning = by.by_default != level::error;
        (void)chosen_.take((by.name + (is_warning ? "=warning" : "=error")).str());
        llvm::SmallVector<llvm::StringRef, 4> names;
        llvm::StringRef(futures_).split(names, ';', -1, false);
        for (auto each : names) (void)chosen_.take("future=" + each.str());
        if (!frame_budget_.empty()) (void)chosen_.take("frame-budget=" + frame_budget_);
    }
    void storeOptions(clang::tidy::ClangTidyOptions::OptionMap& into) override {
        Options.store(into, "Futures", futures_);
        Options.store(into, "FrameBudget", frame_budget_);
    }
    void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
        finder->addMatcher(clang::ast_matchers::translationUnitDecl(), this);
    }
    void check(const clang::ast_matchers::MatchFinder::MatchResult& found) override {
        if (found.Context->getDiagnostics().hasUncompilableErrorOccurred()) return;
        unit whole(*found.Context, chosen_, nullptr);
        whole.say = [this](const rule&, level how, const finding& what) {
            say(how, what);
        };
        coil_check::check(whole);
    }

private:
    void say(level how, const finding& found) {
        using levels = clang::DiagnosticIDs;
        {
            const auto said = diag(
                found.at, "%0", how == level::error ? levels::Error : levels::Warning);
            said << found.text;
            for (const auto& fix : found.fixes) said << fix;
        }
        // It would show what has no place before all else.
        for (const auto& note : found.notes)
            diag(note.at.isValid() ? note.at : found.at, "%0", levels::Note)
                << note.text;
        if (!found.mend.empty()) diag(found.at, "%0", levels::Note) << found.mend;
    }

    std::string futures_;
    std::string frame_budget_;
    options chosen_;
};

class tidy_module : public clang::tidy::ClangTidyModule {
public:
    void addCheckFactories(clang::tidy::ClangTidyCheckFactories& into) override {
        for (const rule* each : all_rules()) {
            into.registerCheckFactory(
                ("coil-" + each->name).str(),
                [each](llvm::StringRef name, clang::tidy::ClangTidyContext* context) {
                    return std::make_unique<tidy_check>(*each, name, context);
                });
        }
    }
};

const clang::tidy::ClangTidyModuleRegistry::Add<tidy_module> here(
    "coil", "what coil's types promise");

}  // namespace

}  // namespace coil_check
