// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/spawn_mends.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>

namespace coil_check {

using llvm::dyn_cast_or_null;

namespace {

/// `coil::call_once([client] { return client->run(); })`
std::string owning_closure(const clang::VarDecl& owner,
                           const clang::CXXMethodDecl& method) {
    const std::string name = owner.getNameAsString();
    return "the child must own it: spawn(coil::call_once([" + name + "] { return " +
           name + "->" + method.getNameAsString() +
           (method.getNumParams() == 0 ? "()" : "(...)") + "; }))";
}

}  // namespace

std::string mend_of_spawned(const lender& lent, const clang::ASTContext& ast) {
    if (lent.spawned_by != nullptr) return "";
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(lent.kept_by);
    if (method != nullptr && lent.variable != nullptr &&
        method->getDeclName().isIdentifier() && !lent.variable->getName().empty() &&
        is_shared_pointer(lent.variable->getType()))
        return owning_closure(*lent.variable, *method);
    auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(lent.kept_by);
    if (parameter == nullptr || parameter->getName().empty() ||
        lent.temporary == nullptr || !parameter->getType()->isLValueReferenceType())
        return "";
    auto* function =
        dyn_cast_or_null<clang::FunctionDecl>(parameter->getParentFunctionOrMethod());
    if (function == nullptr || is_in_coil(*function) ||
        function->isTemplateInstantiation())
        return "";
    const auto type = parameter->getType().getNonReferenceType().getUnqualifiedType();
    return "declare the parameter '" + text_of(type, ast) + " " +
           parameter->getNameAsString() + "', so that the child owns it";
}

}  // namespace coil_check
