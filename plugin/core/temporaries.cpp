// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/temporaries.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

bool is_taken_by_parameter(const clang::FunctionDecl* callee, unsigned argument) {
    if (callee == nullptr) return true;  // nobody knows
    if (argument >= callee->getNumParams()) return true;
    return !callee->getParamDecl(argument)->getType()->isLValueReferenceType() ||
           drops_argument(*callee, argument);
}

/// A member that is called on a temporary: does it take over what is in there?
bool is_taken_by_member(const clang::FunctionDecl* callee) {
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(callee);
    if (method == nullptr) return true;
    if (method->getRefQualifier() == clang::RQ_RValue) return true;
    static const llvm::StringSet<> takers = {"async_drop", "take", "take_value",
                                             "release"};
    return method->getDeclName().isIdentifier() && takers.contains(method->getName());
}

bool is_taken_by_call(const clang::CallExpr& call, const clang::Stmt& part) {
    auto* callee = call.getDirectCallee();
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(callee);
    const bool is_operator =
        isa<clang::CXXOperatorCallExpr>(call) && method && method->isInstance();
    for (unsigned i = 0; i < call.getNumArgs(); ++i) {
        if (call.getArg(i) != &part) continue;
        if (is_operator && i == 0) return is_taken_by_member(callee);
        return is_taken_by_parameter(callee, is_operator ? i - 1 : i);
    }
    return true;
}

bool is_taken_by_construction(const clang::CXXConstructExpr& construct,
                              const clang::Stmt& part) {
    for (unsigned i = 0; i < construct.getNumArgs(); ++i)
        if (construct.getArg(i) == &part)
            return is_taken_by_parameter(construct.getConstructor(), i);
    return true;
}

/// Of a temporary: what stands around the expression that makes it.
end_of_object end_of_temporary(const clang::MaterializeTemporaryExpr& made,
                               const body& in) {
    if (made.getExtendingDecl() != nullptr) return end_of_object::elsewhere;
    const auto as = [](bool is_taken) {
        return is_taken ? end_of_object::taken : end_of_object::statement;
    };
    const clang::Stmt* part = &made;
    for (auto* around = in.parent(part); around != nullptr;
         part = std::exchange(around, in.parent(around))) {
        if (auto* call = dyn_cast<clang::CallExpr>(around))
            return as(is_taken_by_call(*call, *part));
        if (auto* construct = dyn_cast<clang::CXXConstructExpr>(around))
            return as(is_taken_by_construction(*construct, *part));
        if (auto* member = dyn_cast<clang::MemberExpr>(around)) {
            auto* method = dyn_cast<clang::CXXMethodDecl>(member->getMemberDecl());
            return as(method != nullptr && is_taken_by_member(method));
        }
        if (isa<clang::InitListExpr, clang::CoroutineSuspendExpr, clang::ReturnStmt,
                clang::CoreturnStmt, clang::LambdaExpr>(around))
            return end_of_object::taken;
        if (!isa<clang::CastExpr, clang::ParenExpr, clang::FullExpr,
                 clang::AbstractConditionalOperator>(around))
            return end_of_object::statement;
    }
    return end_of_object::taken;
}

bool is_wrapper(const clang::Stmt& around) {
    return isa<clang::FullExpr, clang::CXXBindTemporaryExpr, clang::ParenExpr,
               clang::CXXDefaultArgExpr, clang::AttributedStmt, clang::LabelStmt>(
               around) ||
           (isa<clang::CastExpr>(around) &&
            !llvm::cast<clang::CastExpr>(around).getType()->isVoidType());
}

/// Whether the value of `part` is that of a `({ ... })`, or the condition's.
bool is_value(const clang::Stmt& around, const clang::Stmt& part, const body& in) {
    auto* block = dyn_cast<clang::CompoundStmt>(&around);
    return block != nullptr && !block->body_empty() && block->body_back() == &part &&
           isa_and_nonnull<clang::StmtExpr>(in.parent(block));
}

}  // namespace

end_of_object end_of(const clang::Expr& made, const body& in) {
    const clang::Stmt* part = &made;
    for (auto* around = in.parent(part); around != nullptr;
         part = std::exchange(around, in.parent(around))) {
        if (auto* temporary = dyn_cast<clang::MaterializeTemporaryExpr>(around))
            return end_of_temporary(*temporary, in);
        if (isa<clang::CXXThrowExpr>(around)) return end_of_object::thrown;
        if (is_wrapper(*around)) continue;
        if (isa<clang::CastExpr>(around)) return end_of_object::thrown_away;  // (void)
        if (auto* choice = dyn_cast<clang::AbstractConditionalOperator>(around)) {
            if (choice->getCond() != part) continue;
            return end_of_object::elsewhere;
        }
        if (auto* binary = dyn_cast<clang::BinaryOperator>(around)) {
            const bool is_comma = binary->getOpcode() == clang::BO_Comma;
            if (is_comma && binary->getRHS() == part) continue;
            return is_comma ? end_of_object::thrown_away : end_of_object::elsewhere;
        }
        if (isa<clang::Expr, clang::DeclStmt, clang::ReturnStmt, clang::CoreturnStmt>(
                around))
            return end_of_object::elsewhere;
        return is_value(*around, *part, in) ? end_of_object::elsewhere
                                            : end_of_object::thrown_away;
    }
    return end_of_object::elsewhere;
}

}  // namespace coil_check
