// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/syntax.hpp>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

const clang::Expr* without_casts(const clang::Expr* expression) {
    while (expression != nullptr) {
        if (auto* parens = dyn_cast<clang::ParenExpr>(expression)) {
            expression = parens->getSubExpr();
        } else if (auto* cast = dyn_cast<clang::ImplicitCastExpr>(expression)) {
            expression = cast->getSubExpr();
        } else {
            break;
        }
    }
    return expression;
}

namespace {

/// What one wrapper holds; null if it is none.
const clang::Expr* unwrapped(const clang::Expr& of) {
    if (auto* full = dyn_cast<clang::FullExpr>(&of)) return full->getSubExpr();
    if (auto* bind = dyn_cast<clang::CXXBindTemporaryExpr>(&of))
        return bind->getSubExpr();
    if (auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(&of))
        return made->getSubExpr();
    if (auto* cast = dyn_cast<clang::CXXFunctionalCastExpr>(&of))
        return cast->getSubExpr();
    if (auto* cast = dyn_cast<clang::CXXStaticCastExpr>(&of)) return cast->getSubExpr();
    if (auto* given = dyn_cast<clang::CXXDefaultArgExpr>(&of)) return given->getExpr();
    if (auto* parameter = dyn_cast<clang::SubstNonTypeTemplateParmExpr>(&of))
        return parameter->getReplacement();
    return nullptr;
}

}  // namespace

const clang::Expr* without_wrappers(const clang::Expr* expression) {
    expression = without_casts(expression);
    while (expression != nullptr) {
        const clang::Expr* inner = unwrapped(*expression);
        if (inner == nullptr) break;
        expression = without_casts(inner);
    }
    return expression;
}

bool is_move(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    return callee != nullptr && call.getNumArgs() == 1 && callee->isInStdNamespace() &&
           callee->getDeclName().isIdentifier() &&
           (callee->getName() == "move" || callee->getName() == "forward");
}

const clang::VarDecl* variable_of(const clang::ValueDecl* declared) {
    if (auto* binding = dyn_cast_or_null<clang::BindingDecl>(declared)) {
        if (auto* holding = binding->getHoldingVar()) return holding;
        declared = binding->getDecomposedDecl();
    }
    return dyn_cast_or_null<clang::VarDecl>(declared);
}

const clang::VarDecl* local_named_by(const clang::Expr* expression) {
    const clang::Expr* named = without_wrappers(expression);
    while (named != nullptr) {
        if (auto* member = dyn_cast<clang::MemberExpr>(named)) {
            if (member->isArrow()) return nullptr;
            named = without_wrappers(member->getBase());
        } else if (auto* element = dyn_cast<clang::ArraySubscriptExpr>(named)) {
            named = without_wrappers(element->getBase());
            if (named->getType()->isPointerType()) return nullptr;
        } else if (auto* call = dyn_cast<clang::CallExpr>(named);
                   call != nullptr && is_move(*call)) {
            named = without_wrappers(call->getArg(0));
        } else {
            break;
        }
    }
    auto* reference = dyn_cast_or_null<clang::DeclRefExpr>(named);
    auto* variable = reference ? variable_of(reference->getDecl()) : nullptr;
    return variable && variable->hasLocalStorage() ? variable : nullptr;
}

bool leads_elsewhere(clang::QualType type) {
    return type->isReferenceType() || type->isPointerType();
}

bool may_be_of_others(const clang::DeclRefExpr& named) {
    auto* variable = dyn_cast<clang::VarDecl>(named.getDecl());
    return variable != nullptr &&
           (named.refersToEnclosingVariableOrCapture() ||
            !variable->hasLocalStorage() || leads_elsewhere(variable->getType()));
}

bool may_be_of_others(const clang::VarDecl& variable, const clang::FunctionDecl& user) {
    return !variable.hasLocalStorage() || variable.getDeclContext() != &user ||
           leads_elsewhere(variable.getType());
}

llvm::StringRef name_of(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || !callee->getDeclName().isIdentifier()) return {};
    return callee->getName();
}

const clang::Expr* object_of(const clang::CallExpr& call) {
    if (auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call))
        return member->getImplicitObjectArgument();
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    if (llvm::isa<clang::CXXOperatorCallExpr>(call) && method && method->isInstance())
        return call.getArg(0);
    return nullptr;
}

bool is_loop(const clang::Stmt& statement) {
    return llvm::isa<clang::WhileStmt, clang::ForStmt, clang::DoStmt,
                     clang::CXXForRangeStmt>(statement);
}

bool captures_by_reference(const clang::Stmt& part, const clang::VarDecl& variable) {
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(&part))
        return llvm::any_of(lambda->captures(), [&](const auto& each) {
            return each.capturesVariable() && each.getCapturedVar() == &variable &&
                   each.getCaptureKind() == clang::LCK_ByRef;
        });
    return llvm::any_of(part.children(), [&](const clang::Stmt* each) {
        return each != nullptr && captures_by_reference(*each, variable);
    });
}

const clang::CallExpr* awaited_call(const clang::CoroutineSuspendExpr& await) {
    return dyn_cast_or_null<clang::CallExpr>(without_wrappers(await.getOperand()));
}

const clang::CallExpr* call_awaited_by(const clang::Expr* expression) {
    auto* await = dyn_cast_or_null<clang::CoawaitExpr>(without_wrappers(expression));
    return await != nullptr ? awaited_call(*await) : nullptr;
}

}  // namespace coil_check
