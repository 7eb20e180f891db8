// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/blocking_functions.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::isa;

namespace {

constexpr unsigned depth_max = 3;  // of functions that call each other

/// Whether it runs whenever its function is called, as far as that is easy to see: not
/// in a branch, and not behind a way out.
bool runs_always(const clang::CallExpr& call, const body& in) {
    const clang::Stmt* part = &call;
    for (auto* around = in.parent(part); around != nullptr;
         part = std::exchange(around, in.parent(around))) {
        auto* choice = dyn_cast<clang::IfStmt>(around);
        if (choice != nullptr &&
            (choice->getThen() == part || choice->getElse() == part))
            return false;
        auto* either = dyn_cast<clang::AbstractConditionalOperator>(around);
        if (either != nullptr && either->getCond() != part) return false;
        auto* logic = dyn_cast<clang::BinaryOperator>(around);
        if (logic != nullptr && logic->isLogicalOp() && logic->getRHS() == part)
            return false;
        if (isa<clang::SwitchStmt, clang::CXXCatchStmt, clang::LabelStmt>(around))
            return false;
    }
    const auto& sources = in.ast().getSourceManager();
    return llvm::none_of(in.statements(), [&](const clang::Stmt* each) {
        return isa<clang::ReturnStmt, clang::CXXThrowExpr, clang::GotoStmt>(each) &&
               sources.isBeforeInTranslationUnit(each->getEndLoc(), call.getBeginLoc());
    });
}

/// Whatever a function knows, it does not know that a coroutine may sleep there, or
/// start a runtime.
bool is_never_right(const blocking_call& call) {
    const llvm::StringRef name(call.name);
    return name == "coil::run" || name.contains("sleep");
}

/// Whose body may be read as what a call of it does.
bool is_plain(const clang::FunctionDecl& function, const clang::ASTContext& ast) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    return function.hasBody() && !function.isDependentContext() &&
           !isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function) &&
           (method == nullptr || !method->isVirtual()) &&
           !ast.getSourceManager().isInSystemHeader(function.getLocation()) &&
           !llvm::StringRef(plain_name(function)).starts_with("coil::") &&
           !is_silent(&function, "coil-blocking");
}

/// The futures of the standard library are ready where somebody asked for that.
bool asks_for_readiness(const body& in) {
    return llvm::any_of(in.calls(), [&](const clang::CallExpr* each) {
        return only_looks(*each, in.ast());
    });
}

}  // namespace

const blocking_path* blocking_functions::way_from(const clang::FunctionDecl& called,
                                                  clang::ASTContext& ast,
                                                  unsigned depth) {
    const clang::FunctionDecl* function = called.getDefinition();
    if (function == nullptr || !is_plain(*function, ast)) return nullptr;
    if (const auto known = known_.find(function); known != known_.end())
        return known->second.get();
    if (depth == 1) known_[function] = nullptr;  // where it calls itself
    const body in(*function, ast);
    if (in.is_coroutine() || asks_for_readiness(in)) return nullptr;
    for (auto* call : in.calls()) {
        if (is_silent_around(call, in, "coil-blocking")) continue;
        auto found = std::make_unique<blocking_path>();
        found->calls.push_back(call);
        auto blocks = as_blocking(*call, ast);
        if (!(blocks && is_never_right(*blocks)) && !runs_always(*call, in)) continue;
        if (blocks) {
            if (blocks->is_on_descriptor) continue;  // which may be non-blocking
            found->last = *blocks;
        } else {
            auto* callee = call->getDirectCallee();
            auto* further = callee != nullptr && depth < depth_max
                                ? way_from(*callee, ast, depth + 1)
                                : nullptr;
            if (further == nullptr) continue;
            found->calls.append(further->calls.begin(), further->calls.end());
            if (found->calls.size() > depth_max) continue;
            found->last = further->last;
        }
        return (known_[function] = std::move(found)).get();
    }
    return nullptr;
}

}  // namespace coil_check
