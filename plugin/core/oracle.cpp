// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/oracle.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/Sema/Sema.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

clang::VarTemplateDecl* variable_template(clang::ASTContext& ast, const char* name) {
    for (auto* found : ast.getTranslationUnitDecl()->lookup(&ast.Idents.get("coil")))
        if (auto* space = dyn_cast<clang::NamespaceDecl>(found))
            for (auto* each : space->lookup(&ast.Idents.get(name)))
                if (auto* made = dyn_cast<clang::VarTemplateDecl>(each)) return made;
    return nullptr;
}

}  // namespace

oracle::oracle(unit& of)
    : of_(of),
      sendable_(variable_template(of.ast, "enable_sendable")),
      shareable_(variable_template(of.ast, "enable_shareable")),
      is_local_(&of.ast.Idents.get("is_local")) {}

std::optional<bool> oracle::enable_sendable(clang::QualType type) const {
    return value_for(sendable_, type);
}

std::optional<bool> oracle::enable_shareable(clang::QualType type) const {
    return value_for(shareable_, type);
}

std::optional<bool> oracle::is_local(const clang::CXXRecordDecl& record) const {
    for (auto* each : record.lookup(is_local_))
        if (auto* constant = dyn_cast<clang::VarDecl>(each)) return value_of(*constant);
    return std::nullopt;
}

std::optional<bool> oracle::value_for(clang::VarTemplateDecl* of,
                                      clang::QualType type) const {
    if (of == nullptr) return std::nullopt;
    const auto at = of->getLocation();
    clang::VarDecl* said = nullptr;
    if (of_.sema != nullptr) {
        clang::TemplateArgumentListInfo arguments(at, at);
        arguments.addArgument({clang::TemplateArgument(type),
                               of_.ast.getTrivialTypeSourceInfo(type, at)});
        const auto made = of_.sema->CheckVarTemplateId(of, at, at, arguments);
        said = dyn_cast_or_null<clang::VarDecl>(made.isUsable() ? made.get() : nullptr);
    } else {
        void* place = nullptr;
        said = of->findSpecialization({clang::TemplateArgument(type)}, place);
    }
    if (said != nullptr &&
        said->getTemplateSpecializationKind() == clang::TSK_Undeclared)
        said->setTemplateSpecializationKind(clang::TSK_ImplicitInstantiation, at);
    // What nobody specialized has a type that says so.
    if (said == nullptr || !said->getType()->isBooleanType()) return std::nullopt;
    return value_of(*said);
}

std::optional<bool> oracle::value_of(clang::VarDecl& constant) const {
    if (constant.getAnyInitializer() == nullptr && of_.sema != nullptr)
        of_.sema->InstantiateVariableDefinition(constant.getLocation(), &constant);
    auto* initial = constant.getAnyInitializer();
    if (initial == nullptr || initial->isValueDependent()) return std::nullopt;
    clang::Expr::EvalResult result;
    if (!initial->EvaluateAsRValue(result, of_.ast) || !result.Val.isInt())
        return std::nullopt;
    return result.Val.getInt().getBoolValue();
}

}  // namespace coil_check
