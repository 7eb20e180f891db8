// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/future.hpp>
#include <plugin/core/late_use.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::isa;

namespace {

/// Whether a coroutine uses a parameter of its, or its object, when it has waited once.
/// Only that matters of one that begins at once: it may copy before what it needs.
class late_use {
public:
    explicit late_use(const clang::ParmVarDecl* of) : of_(of) {}

    bool is_in(const clang::Stmt* part) {
        if (part == nullptr) return false;
        // What is awaited works with its operand, and a loop may come back to it.
        if (isa<clang::CoroutineSuspendExpr>(part) || (is_loop(*part) && awaits(*part)))
            has_waited_ = true;
        if (has_waited_ && is_use(*part)) return true;
        return llvm::any_of(part->children(),
                            [this](const clang::Stmt* each) { return is_in(each); });
    }

private:
    static bool awaits(const clang::Stmt& part) {
        return isa<clang::CoroutineSuspendExpr>(part) ||
               llvm::any_of(part.children(), [](const clang::Stmt* each) {
                   return each != nullptr && awaits(*each);
               });
    }
    bool is_use(const clang::Stmt& part) const {
        auto* named = dyn_cast<clang::DeclRefExpr>(&part);
        if (of_ != nullptr) return named != nullptr && named->getDecl() == of_;
        return isa<clang::CXXThisExpr>(part) ||
               (named != nullptr && named->refersToEnclosingVariableOrCapture());
    }

    const clang::ParmVarDecl* of_;  // null: its object, or what a lambda captured
    bool has_waited_ = false;
};

}  // namespace

bool is_used_later(const clang::CallExpr& call, int parameter, const unit& of) {
    if (!begins_at_once(call.getType(), of)) return true;
    const clang::FunctionDecl* defined = nullptr;
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || !callee->hasBody(defined)) return false;  // nobody knows
    auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(defined->getBody());
    const auto index = static_cast<unsigned>(parameter);
    if (coroutine == nullptr || (parameter >= 0 && index >= defined->getNumParams()))
        return false;
    return late_use(parameter < 0 ? nullptr : defined->getParamDecl(index))
        .is_in(coroutine->getBody());
}

}  // namespace coil_check
