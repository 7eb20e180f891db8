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

namespace {

constexpr int depth_max = 4;  // of members in members, of calls in calls

/// What a destructor asks, as far as its text shows.
struct asked {
    const clang::CallExpr* counting = nullptr;  // std::uncaught_exceptions()
    bool asks_of_stop = false;                  // coil::is_unwinding()

    void look_at(const clang::Stmt* statement, int depth) {
        if (statement == nullptr) return;
        if (auto* call = dyn_cast<clang::CallExpr>(statement))
            look_at_call(*call, depth);
        for (auto* child : statement->children()) look_at(child, depth);
    }
    void look_at(clang::QualType type, int depth) {
        auto* record = type.isNull() ? nullptr : type->getAsCXXRecordDecl();
        if (record != nullptr) record = record->getDefinition();
        if (record == nullptr || record->isDependentContext() || depth > depth_max ||
            llvm::StringRef(plain_name(*record)).starts_with("coil::"))
            return;
        const clang::FunctionDecl* defined = nullptr;
        if (auto* destructor = record->getDestructor())
            if (destructor->hasBody(defined)) look_at(defined->getBody(), depth + 1);
        for (auto* field : record->fields()) look_at(field->getType(), depth + 1);
        for (const auto& base : record->bases()) look_at(base.getType(), depth + 1);
    }

private:
    void look_at_call(const clang::CallExpr& call, int depth) {
        auto* callee = call.getDirectCallee();
        if (callee == nullptr) return;
        const std::string name = plain_name(*callee);
        if (name == "std::uncaught_exceptions" || name == "std::uncaught_exception")
            counting = &call;
        if (name == "coil::is_unwinding") asks_of_stop = true;
        const clang::FunctionDecl* defined = nullptr;
        // A closure, or a function of the same guard.
        if (depth < depth_max && !callee->isInStdNamespace() &&
            callee->hasBody(defined) && seen_.insert(defined).second)
            look_at(defined->getBody(), depth + 1);
    }

    llvm::DenseSet<const clang::FunctionDecl*> seen_;
};

}  // namespace

const clang::CallExpr* exceptions_counted_at_end(clang::QualType type) {
    asked found;
    found.look_at(type, 0);
    return found.asks_of_stop ? nullptr : found.counting;
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
