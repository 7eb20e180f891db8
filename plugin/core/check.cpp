// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/blocking_functions.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/call_sites.hpp>
#include <plugin/core/crossing.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/many_threads.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/rules.hpp>
#include <plugin/core/spawned.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

namespace {

/// Finds what there is to check: all definitions outside of system headers, each
/// instance of a template for itself.
class finder : public clang::RecursiveASTVisitor<finder> {
    using visitor = clang::RecursiveASTVisitor<finder>;

public:
    explicit finder(const unit& of)
        : sources_(of.ast.getSourceManager()),
          looks_into_system_(of.chosen.looks_into_system) {}

    std::vector<const clang::FunctionDecl*> functions;
    std::vector<const clang::CXXRecordDecl*> classes;
    std::vector<const clang::VarDecl*> globals;

    // What follows is called by clang, which also spells it.
    bool shouldVisitTemplateInstantiations() const { return true; }
    bool TraverseDecl(clang::Decl* declared) {
        if (declared == nullptr || is_skipped(*declared)) return true;
        return visitor::TraverseDecl(declared);
    }
    bool VisitFunctionDecl(clang::FunctionDecl* function) {
        add(function);
        return true;
    }
    bool VisitLambdaExpr(clang::LambdaExpr* lambda) {
        auto* closure = lambda->getLambdaClass();
        if (auto* generic = closure->getDependentLambdaCallOperator()) {
            // The visitor does not get to these by itself.
            for (auto* made : generic->specializations()) add(made);
        } else {
            add(closure->getLambdaCallOperator());
        }
        return true;
    }
    bool VisitCXXRecordDecl(clang::CXXRecordDecl* record) {
        if (record->isThisDeclarationADefinition() && !record->isDependentContext() &&
            !record->isLambda() && seen_.insert(record).second)
            classes.push_back(record);
        return true;
    }
    bool VisitVarDecl(clang::VarDecl* variable) {
        if (variable->hasGlobalStorage() && !variable->isInvalidDecl() &&
            variable->isThisDeclarationADefinition() !=
                clang::VarDecl::DeclarationOnly &&
            !variable->getType()->isDependentType() &&
            !variable->getDeclContext()->isDependentContext() &&
            !is_in_system(*variable) && seen_.insert(variable).second)
            globals.push_back(variable);
        return true;
    }

private:
    bool is_in_system(const clang::Decl& declared) const {
        return !looks_into_system_ && declared.getLocation().isValid() &&
               sources_.isInSystemHeader(declared.getLocation());
    }
    bool is_skipped(const clang::Decl& declared) const {
        return llvm::isa<clang::DeclContext>(declared) &&
               !llvm::isa<clang::TranslationUnitDecl>(declared) &&
               is_in_system(declared);
    }
    void add(clang::FunctionDecl* function) {
        if (function == nullptr || !function->isThisDeclarationADefinition() ||
            function->isDependentContext() || function->isDefaulted() ||
            !function->hasBody() || function->isInvalidDecl() ||
            !seen_.insert(function).second)
            return;
        functions.push_back(function);
        if (function->isTemplateInstantiation()) add_lambdas_in(function->getBody());
    }
    void add_lambdas_in(clang::Stmt* statement) {
        if (statement == nullptr) return;
        if (auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement))
            VisitLambdaExpr(lambda);
        for (auto* child : statement->children()) add_lambdas_in(child);
    }

    const clang::SourceManager& sources_;
    bool looks_into_system_;
    llvm::DenseSet<const clang::Decl*> seen_;
};

}  // namespace

unit::unit(clang::ASTContext& tree, const options& choice, clang::Sema* compiler)
    : ast(tree),
      chosen(choice),
      sema(compiler),
      types(std::make_unique<crossings>(*this)),
      threads(std::make_unique<many_threads>(tree)),
      helpers(std::make_unique<blocking_functions>()),
      calls(std::make_unique<call_sites>()),
      spawning(std::make_unique<spawning_functions>()) {}

unit::~unit() = default;

/// Has all rules that are on, and have a use for it, look at one thing.
template <class Thing>
static void look_at(const Thing& thing, void (*rule::*look)(const Thing&, report&),
                    const body* within, unit& of) {
    for (const rule* each : all_rules()) {
        if (each->*look == nullptr || of.chosen.of(*each) == level::off) continue;
        report to(of, *each, within);
        (each->*look)(thing, to);
    }
}

unsigned check(unit& of) {
    finder found(of);
    found.TraverseDecl(of.ast.getTranslationUnitDecl());
    for (auto* record : found.classes)
        look_at(*record, &rule::check_class, nullptr, of);
    for (auto* variable : found.globals)
        look_at(*variable, &rule::check_global, nullptr, of);
    llvm::DenseSet<clang::SourceLocation> coroutines;  // not each instance of one
    for (auto* function : found.functions) {
        const body looked_at(*function, of.ast);
        if (looked_at.is_coroutine())
            coroutines.insert(looked_at.written()->getBeginLoc());
        look_at(looked_at, &rule::check_body, &looked_at, of);
    }
    return coroutines.size();
}

}  // namespace coil_check
