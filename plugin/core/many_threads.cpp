// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/many_threads.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/RecursiveASTVisitor.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

/// The function as it is written: of an instance of a template, that.
const clang::FunctionDecl* written(const clang::FunctionDecl& function) {
    auto* pattern = function.getTemplateInstantiationPattern();
    return (pattern != nullptr ? pattern : &function)->getCanonicalDecl();
}

bool is_of_user(const clang::Decl& declared, const clang::SourceManager& sources) {
    if (sources.isInSystemHeader(declared.getLocation())) return false;
    auto* named = dyn_cast<clang::NamedDecl>(&declared);
    return named == nullptr ||
           !llvm::StringRef(plain_name(*named)).starts_with("coil::");
}

/// `{.workers = 1}`.
bool has_one_worker(const clang::Stmt* made, const clang::ASTContext& ast) {
    if (made == nullptr) return false;
    if (auto* list = dyn_cast<clang::InitListExpr>(made)) {
        auto* record = list->getType()->getAsRecordDecl();
        auto field = record != nullptr ? record->field_begin()
                                       : clang::RecordDecl::field_iterator();
        for (unsigned i = 0; record != nullptr && i < list->getNumInits();
             ++i, ++field) {
            clang::Expr::EvalResult value;
            if (field == record->field_end()) break;
            if (field->getName() == "workers" &&
                !list->getInit(i)->isValueDependent() &&
                list->getInit(i)->EvaluateAsInt(value, ast))
                return value.Val.getInt() == 1;
        }
    }
    return llvm::any_of(made->children(), [&](const clang::Stmt* part) {
        return has_one_worker(part, ast);
    });
}

/// What a piece of code names: functions, and the lambdas in it.
class named_in : public clang::RecursiveASTVisitor<named_in> {
public:
    llvm::SmallVector<const clang::FunctionDecl*, 16> functions;

    bool VisitDeclRefExpr(clang::DeclRefExpr* use) { return add(use->getDecl()); }
    bool VisitMemberExpr(clang::MemberExpr* use) { return add(use->getMemberDecl()); }
    bool VisitCXXConstructExpr(clang::CXXConstructExpr* made) {
        return add(made->getConstructor());
    }
    bool VisitLambdaExpr(clang::LambdaExpr* lambda) {
        return add(lambda->getCallOperator());
    }

private:
    bool add(const clang::Decl* declared) {
        if (auto* function = dyn_cast_or_null<clang::FunctionDecl>(declared))
            functions.push_back(function);
        return true;
    }
};

/// Calls by which a runtime of many threads takes work.
class entries : public clang::RecursiveASTVisitor<entries> {
public:
    explicit entries(clang::ASTContext& ast) : ast_(ast) {}
    llvm::SmallVector<const clang::CallExpr*, 4> found;

    bool TraverseDecl(clang::Decl* declared) {
        if (declared != nullptr && declared->getLocation().isValid() &&
            !is_of_user(*declared, ast_.getSourceManager()))
            return true;
        return RecursiveASTVisitor::TraverseDecl(declared);
    }
    bool VisitCXXMemberCallExpr(clang::CXXMemberCallExpr* call) {
        const clang::Expr* object = call->getImplicitObjectArgument();
        const llvm::StringRef name = name_of(*call);
        if (object == nullptr || (name != "run" && name != "spawn")) return true;
        if (name == "spawn") {  // runtime.daemons().spawn()
            auto* daemons =
                dyn_cast<clang::CXXMemberCallExpr>(without_wrappers(object));
            object =
                daemons != nullptr ? daemons->getImplicitObjectArgument() : nullptr;
        }
        if (object != nullptr && is_of_many(*object)) found.push_back(call);
        return true;
    }

private:
    bool is_of_many(const clang::Expr& runtime) const {
        auto type = runtime.getType();
        if (type->isPointerType()) type = type->getPointeeType();
        auto* record = class_of(type);
        if (record == nullptr || plain_name(*record) != "coil::multi_thread_runtime")
            return false;
        auto* named = dyn_cast<clang::DeclRefExpr>(without_wrappers(&runtime));
        auto* variable =
            named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
        return variable == nullptr || !has_one_worker(variable->getInit(), ast_);
    }
    clang::ASTContext& ast_;
};

}  // namespace

void many_threads::find() {
    entries entered(ast_);
    entered.TraverseDecl(ast_.getTranslationUnitDecl());
    for (auto* call : entered.found) {
        llvm::SmallVector<const clang::FunctionDecl*, 32> next;
        named_in given;
        for (auto* each : call->arguments())
            given.TraverseStmt(const_cast<clang::Expr*>(each));
        next.append(given.functions.begin(), given.functions.end());
        while (!next.empty()) {
            const clang::FunctionDecl* function = written(*next.pop_back_val());
            const clang::FunctionDecl* defined = nullptr;
            if (!function->hasBody(defined) ||
                !is_of_user(*function, ast_.getSourceManager()) ||
                !entered_.insert({function, call->getExprLoc()}).second)
                continue;
            named_in inside;
            inside.TraverseStmt(defined->getBody());
            next.append(inside.functions.begin(), inside.functions.end());
        }
    }
}

clang::SourceLocation many_threads::entered_at(const clang::FunctionDecl& function) {
    if (!std::exchange(has_looked_, true)) find();
    return entered_.lookup(written(function));
}

}  // namespace coil_check
