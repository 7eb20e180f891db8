// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/never_ends.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

bool is_always(const clang::Expr* condition, const clang::ASTContext& ast) {
    bool value = false;
    return condition == nullptr ||
           (!condition->isValueDependent() &&
            condition->EvaluateAsBooleanCondition(value, ast) && value);
}

/// Whether it is a loop whose condition never ends it.
bool is_endless(const clang::Stmt& statement, const clang::ASTContext& ast) {
    if (auto* loop = dyn_cast<clang::ForStmt>(&statement))
        return loop->getConditionVariable() == nullptr &&
               is_always(loop->getCond(), ast);
    auto* loop = dyn_cast<clang::WhileStmt>(&statement);
    return loop != nullptr && loop->getConditionVariable() == nullptr &&
           is_always(loop->getCond(), ast);
}

/// Whether a `break` leaves a loop.
bool leaves(const clang::Stmt& jump, const clang::Stmt& loop, const body& in) {
    for (auto* each = in.parent(&jump); each != nullptr; each = in.parent(each))
        if (is_loop(*each) || isa<clang::SwitchStmt>(each)) return each == &loop;
    return true;
}

/// The loop in which a coroutine goes on for ever; null if it may end.
const clang::Stmt* endless_loop_of(const clang::FunctionDecl& function,
                                   clang::ASTContext& ast) {
    auto* whole = dyn_cast_or_null<clang::CoroutineBodyStmt>(function.getBody());
    auto* block =
        whole != nullptr ? dyn_cast<clang::CompoundStmt>(whole->getBody()) : nullptr;
    if (block == nullptr || block->body_empty()) return nullptr;
    const clang::Stmt& last = *block->body_back();
    if (!is_endless(last, ast)) return nullptr;
    const body in(function, ast);
    // What yields may be awaited for its next value only.
    const bool has_way_out = llvm::any_of(in.statements(), [&](auto* each) {
        return isa<clang::CoreturnStmt, clang::CoyieldExpr, clang::GotoStmt,
                   clang::IndirectGotoStmt, clang::StmtExpr>(each) ||
               (isa<clang::BreakStmt>(each) && leaves(*each, last, in));
    });
    return has_way_out ? nullptr : &last;
}

/// Whether nothing comes back from awaiting it, by its own word: a task's promise may
/// have wrapped it.
bool is_for_ever(const clang::CoawaitExpr& await) {
    auto* resume =
        dyn_cast_or_null<clang::CallExpr>(without_wrappers(await.getResumeExpr()));
    auto* gives = resume != nullptr ? resume->getDirectCallee() : nullptr;
    if (gives != nullptr && gives->isNoReturn()) return true;
    auto* record = await.getOperand()->getType()->getAsCXXRecordDecl();
    return record != nullptr && record->hasDefinition() &&
           llvm::any_of(record->getDefinition()->methods(), [](auto* each) {
               return each->isNoReturn() && each->getDeclName().isIdentifier() &&
                      each->getName() == "await_resume";
           });
}

/// Whether it is there for the compiler's sake, or a jump may lead to it.
bool may_stand_behind(const clang::Stmt& statement) {
    if (statement.getBeginLoc().isMacroID()) return true;
    if (auto* declares = dyn_cast<clang::DeclStmt>(&statement)) {
        auto* first = *declares->decl_begin();
        return !isa<clang::VarDecl>(first);
    }
    if (isa<clang::ReturnStmt, clang::CoreturnStmt, clang::BreakStmt,
            clang::ContinueStmt, clang::GotoStmt, clang::NullStmt, clang::LabelStmt,
            clang::SwitchCase>(statement))
        return true;
    auto* expression = dyn_cast<clang::Expr>(&statement);
    if (expression == nullptr) return false;
    expression = without_wrappers(expression);
    if (isa<clang::CXXThrowExpr>(expression)) return true;
    auto* call = dyn_cast<clang::CallExpr>(expression);
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    return callee != nullptr && (callee->isNoReturn() || callee->getBuiltinID() != 0);
}

/// What stands behind the statement that an await is, in its block.
const clang::Stmt* behind(const clang::CoawaitExpr& await, const body& in) {
    const clang::Stmt* part = &await;
    const clang::Stmt* around = in.parent(part);
    while (llvm::isa_and_nonnull<clang::FullExpr, clang::ParenExpr, clang::CastExpr,
                                 clang::CXXBindTemporaryExpr>(around)) {
        part = around;
        around = in.parent(part);
    }
    auto* block = dyn_cast_or_null<clang::CompoundStmt>(around);
    if (block == nullptr) return nullptr;
    const auto* found = llvm::find(block->body(), part);
    if (found == block->body_end() || std::next(found) == block->body_end())
        return nullptr;
    const clang::Stmt* next = *std::next(found);
    return may_stand_behind(*next) ? nullptr : next;
}

bool is_final(const clang::FunctionDecl& callee) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&callee);
    return method == nullptr || !method->isVirtual();
}

}  // namespace

llvm::SmallVector<never_reached, 1> never_reached_in(const body& in) {
    llvm::SmallVector<never_reached, 1> found;
    if (in.function().getTemplateInstantiationPattern() != nullptr) return found;
    for (auto* each : in.suspensions()) {
        auto* await = dyn_cast<clang::CoawaitExpr>(each);
        auto* next = await != nullptr ? behind(*await, in) : nullptr;
        if (next == nullptr) continue;
        if (is_for_ever(*await)) {
            found.push_back({.await = await, .behind = next});
            continue;
        }
        auto* call = awaited_call(*await);
        auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
        auto* defined =
            callee != nullptr && is_final(*callee) ? callee->getDefinition() : nullptr;
        auto* loop = defined != nullptr ? endless_loop_of(*defined, in.ast()) : nullptr;
        if (loop != nullptr)
            found.push_back(
                {.await = await, .call = call, .loop = loop, .behind = next});
    }
    return found;
}

}  // namespace coil_check
