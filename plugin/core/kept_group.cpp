// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/kept_group.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

bool is_group(clang::QualType type) {
    auto* record = class_of(type);
    return record != nullptr && plain_name(*record) == "coil::group";
}

/// A lambda that takes a group by reference: the body of a with_group().
bool is_body_of_group(const clang::FunctionDecl& function) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    return method != nullptr && method->getParent()->isLambda() &&
           llvm::any_of(function.parameters(), [](const clang::ParmVarDecl* each) {
               return each->getType()->isLValueReferenceType() &&
                      is_group(each->getType());
           });
}

bool points_to_group(const clang::Expr& value) {
    auto* unary = dyn_cast_or_null<clang::UnaryOperator>(without_wrappers(&value));
    auto* named = unary != nullptr && unary->getOpcode() == clang::UO_AddrOf
                      ? local_named_by(unary->getSubExpr())
                      : nullptr;
    return named != nullptr && llvm::isa<clang::ParmVarDecl>(named) &&
           is_group(named->getType());
}

/// A local of the lambda ends before its group does.
bool stands_outside(const clang::Expr& target, const clang::FunctionDecl& of) {
    const place named = place::of(&target);
    auto* variable = dyn_cast_or_null<clang::VarDecl>(named.variable());
    return named.is_member_of_this() ||
           (variable != nullptr && variable->getDeclContext() != &of);
}

}  // namespace

llvm::SmallVector<const clang::Expr*, 1> kept_groups(const body& in) {
    llvm::SmallVector<const clang::Expr*, 1> found;
    if (!is_body_of_group(in.function())) return found;
    for (auto* statement : in.statements()) {
        auto* assigns = dyn_cast<clang::BinaryOperator>(statement);
        if (assigns != nullptr && assigns->getOpcode() == clang::BO_Assign &&
            points_to_group(*assigns->getRHS()) &&
            stands_outside(*assigns->getLHS(), in.function()))
            found.push_back(assigns->getRHS());
    }
    for (auto* each : in.returns())
        if (points_to_group(*each)) found.push_back(each);
    return found;
}

}  // namespace coil_check
