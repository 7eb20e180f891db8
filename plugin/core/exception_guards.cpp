// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/exception_guards.hpp>
#include <plugin/core/marks.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

bool counts_exceptions(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || !callee->isInStdNamespace()) return false;
    const std::string name = plain_name(*callee);
    return name == "std::uncaught_exceptions" || name == "std::uncaught_exception";
}

namespace {

constexpr int depth_max = 4;  // of members in members

const clang::CallExpr* counting_in(const clang::Stmt* statement) {
    if (statement == nullptr) return nullptr;
    auto* call = dyn_cast<clang::CallExpr>(statement);
    if (call != nullptr && counts_exceptions(*call)) return call;
    for (auto* child : statement->children())
        if (auto* found = counting_in(child)) return found;
    return nullptr;
}

const clang::CallExpr* counting_in(clang::QualType type, int depth) {
    auto* record = type.isNull() ? nullptr : type->getAsCXXRecordDecl();
    if (record != nullptr) record = record->getDefinition();
    if (record == nullptr || record->isDependentContext() || depth > depth_max ||
        llvm::StringRef(plain_name(*record)).starts_with("coil::"))
        return nullptr;
    const clang::FunctionDecl* defined = nullptr;
    if (auto* destructor = record->getDestructor())
        if (destructor->hasBody(defined))
            if (auto* found = counting_in(defined->getBody())) return found;
    for (auto* field : record->fields())
        if (auto* found = counting_in(field->getType(), depth + 1)) return found;
    for (const auto& base : record->bases())
        if (auto* found = counting_in(base.getType(), depth + 1)) return found;
    return nullptr;
}

}  // namespace

const clang::CallExpr* exceptions_counted_at_end(clang::QualType type) {
    return counting_in(type, 0);
}

bool waits_in_scope_of(const clang::VarDecl& local, const body& in) {
    const clang::Stmt* declared = nullptr;
    for (auto* each : in.statements())
        if (auto* statement = dyn_cast<clang::DeclStmt>(each))
            if (llvm::is_contained(statement->decls(), &local)) declared = statement;
    auto* scope = declared != nullptr ? in.parent(declared) : nullptr;
    if (scope == nullptr) return false;
    const auto& sources = in.ast().getSourceManager();
    return llvm::any_of(in.suspensions(), [&](const clang::Stmt* waits) {
        if (sources.isBeforeInTranslationUnit(waits->getBeginLoc(),
                                              declared->getEndLoc()))
            return false;
        const clang::Stmt* around = waits;
        while (around != nullptr && around != scope) around = in.parent(around);
        return around == scope;
    });
}

}  // namespace coil_check
