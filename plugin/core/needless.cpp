// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/needless.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/RecursiveASTVisitor.h>

namespace coil_check {

namespace {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

/// Where a function is named, and where it is awaited as soon as it is called.
class namings : public clang::RecursiveASTVisitor<namings> {
public:
    explicit namings(const clang::FunctionDecl& of) : of_(*of.getCanonicalDecl()) {}

    unsigned named = 0;
    unsigned awaited = 0;

    // What follows is called by clang, which also spells it.
    bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
        named += is_it(name->getDecl());
        return true;
    }
    bool VisitMemberExpr(clang::MemberExpr* name) {
        named += is_it(name->getMemberDecl());
        return true;
    }
    bool VisitOverloadExpr(clang::OverloadExpr* set) {
        for (auto* each : set->decls()) named += is_it(each);
        return true;
    }
    bool VisitCoawaitExpr(clang::CoawaitExpr* await) {
        return count(await->getOperand());
    }
    bool VisitDependentCoawaitExpr(clang::DependentCoawaitExpr* await) {
        return count(await->getOperand());
    }

private:
    bool count(const clang::Expr* operand) {
        auto* call = dyn_cast_or_null<clang::CallExpr>(without_wrappers(operand));
        awaited += call != nullptr && is_it(call->getDirectCallee());
        return true;
    }
    bool is_it(const clang::NamedDecl* declared) const {
        auto* function = dyn_cast_or_null<clang::FunctionDecl>(declared);
        return function != nullptr && function->getCanonicalDecl() == &of_;
    }

    const clang::FunctionDecl& of_;
};

/// Whether nothing but its body asks for a coroutine: it is no member, whose class may
/// be used by templates, nor known outside of the file.
bool may_change(const clang::FunctionDecl& function) {
    return !llvm::isa<clang::CXXMethodDecl>(function) &&
           !function.isExternallyVisible() && !function.isTemplateInstantiation() &&
           function.getTemplatedKind() == clang::FunctionDecl::TK_NonTemplate &&
           !function.isOverloadedOperator();
}

}  // namespace

void check_needless_coroutine(const body& in, report& to) {
    const auto& function = in.function();
    if (!in.is_coroutine() || !in.suspensions().empty() || !may_change(function) ||
        !is_future(function.getReturnType(), to.of()))
        return;
    // Who gives a future has its await forgotten, which is other advice.
    const bool gives_future = llvm::any_of(in.returns(), [&](const clang::Expr* each) {
        return is_future(each->getType(), to.of());
    });
    if (gives_future) return;
    namings found(function);
    found.TraverseDecl(in.ast().getTranslationUnitDecl());
    if (found.named == 0 || found.named != found.awaited) return;
    to.add({.at = function.getLocation(),
            .text = in.name() + " awaits nothing, so it need not be a coroutine",
            .mend =
                "make it a plain function that returns the value itself, and do not "
                "await it",
            .statement = in.written()});
}

}  // namespace coil_check
