// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/holders.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

bool is_of_loop(const clang::VarDecl& variable) {
    // A structured binding's are implicit, too.
    const bool is_own = variable.isImplicit() && variable.getName().starts_with("__");
    return is_own || (variable.getLocation().isMacroID() &&
                      variable.getName().starts_with("coil_stream_"));
}

const clang::Expr* range_of_loop(const clang::Expr& initial) {
    auto* call = call_awaited_by(&initial);
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    if (callee == nullptr || plain_name(*callee) != "coil::detail::begin_loop")
        return nullptr;
    auto* record = class_of(call->getArg(0)->getType());
    return record != nullptr && record->isInStdNamespace() &&
                   !is_view(call->getArg(0)->getType())
               ? call->getArg(0)
               : nullptr;
}

bool refills(const clang::CallExpr& call, const clang::VarDecl& holder) {
    auto* object = object_of(call);
    if (object == nullptr || local_named_by(object) != &holder) return false;
    if (auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(&call))
        return assigns->isAssignmentOp();
    return name_of(call) == "clear" || name_of(call) == "reset";
}

bool renews(const clang::Stmt& statement, const clang::VarDecl& holder) {
    if (auto* declares = dyn_cast<clang::DeclStmt>(&statement))
        return llvm::is_contained(declares->decls(), &holder);
    if (holder.getType()->isReferenceType())
        return false;  // it names the same for ever
    if (auto* assigns = dyn_cast<clang::BinaryOperator>(&statement))
        return assigns->getOpcode() == clang::BO_Assign &&
               local_named_by(assigns->getLHS()) == &holder;
    auto* call = dyn_cast<clang::CallExpr>(&statement);
    return call != nullptr && refills(*call, holder);
}

bool ends_loop(const clang::Stmt& statement, const clang::VarDecl& stream) {
    auto* call = dyn_cast<clang::CallExpr>(&statement);
    return call != nullptr && name_of(*call) == "has_more" &&
           local_named_by(object_of(*call)) == &stream;
}

namespace {

/// A use of a loop's own variable that goes to its next turn.
bool goes_on(const clang::DeclRefExpr& named, const body& in) {
    // A range-based for names its iterators often.
    if (named.getDecl()->getName().starts_with("__begin")) return true;
    auto* member = dyn_cast_or_null<clang::MemberExpr>(in.parent(&named));
    const auto name = member != nullptr ? member->getMemberDecl()->getDeclName()
                                        : clang::DeclarationName();
    return name.isIdentifier() && !name.isEmpty() &&
           name.getAsIdentifierInfo()->isStr("next");
}

bool is_followed(const clang::Expr& pointer, const body& in) {
    auto* around = in.parent(&pointer);
    while (llvm::isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
        around = in.parent(around);
    auto* unary = dyn_cast_or_null<clang::UnaryOperator>(around);
    return llvm::isa_and_nonnull<clang::MemberExpr, clang::ArraySubscriptExpr>(
               around) ||
           (unary != nullptr && unary->getOpcode() == clang::UO_Deref);
}

bool is_renewed(const clang::Expr& named, const body& in) {
    auto* around = in.parent(&named);
    while (llvm::isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr,
                                 clang::MemberExpr>(around))
        around = in.parent(around);
    auto* variable = local_named_by(&named);
    return around != nullptr && variable != nullptr && renews(*around, *variable);
}

}  // namespace

bool is_use_of(const clang::DeclRefExpr& named, const clang::VarDecl& holder,
               const body& in) {
    if (variable_of(named.getDecl()) != &holder || is_renewed(named, in)) return false;
    if (is_of_loop(holder)) return goes_on(named, in);
    return !holder.getType()->isPointerType() || is_followed(named, in);
}

}  // namespace coil_check
