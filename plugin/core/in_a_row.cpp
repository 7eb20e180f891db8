// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/in_a_row.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

using variables = llvm::SmallPtrSet<const clang::VarDecl*, 4>;

struct taking {
    const clang::CoroutineSuspendExpr* await;
    const clang::CXXMemberCallExpr* call;
    place from;
};

bool takes_one(const clang::CallExpr& call) {
    static const llvm::StringSet<> all = {"next", "receive",   "recv", "read",
                                          "pop",  "read_line", "take"};
    return all.contains(name_of(call));
}

class finder {
public:
    explicit finder(const clang::FunctionDecl& coroutine)
        : in_(coroutine, coroutine.getASTContext()),
          sources_(in_.ast().getSourceManager()) {}

    llvm::SmallVector<taken_first, 1> find() const {
        llvm::SmallVector<taking, 4> all;
        for (auto* each : in_.suspensions()) {
            auto* call =
                dyn_cast_or_null<clang::CXXMemberCallExpr>(awaited_call(*each));
            if (!isa<clang::CoawaitExpr>(each) || call == nullptr || !takes_one(*call))
                continue;
            const place from = place::of(call->getImplicitObjectArgument());
            if (!from.is_empty()) all.push_back({each, call, from});
        }
        llvm::SmallVector<taken_first, 1> found;
        for (const taking& first : all)
            for (const taking& second : all)
                if (stands_before(*first.await, *second.await) &&
                    first.from == second.from &&
                    name_of(*first.call) == name_of(*second.call) &&
                    loses(first, second)) {
                    found.push_back({first.call, first.from});
                    break;
                }
        return found;
    }

private:
    bool stands_before(const clang::Expr& one, const clang::Expr& other) const {
        return sources_.isBeforeInTranslationUnit(one.getExprLoc(), other.getExprLoc());
    }
    bool loses(const taking& first, const taking& second) const {
        const auto apart = fork_of(*first.await, *second.await, in_);
        if (auto* choice = dyn_cast_or_null<clang::IfStmt>(apart.at);
            choice != nullptr && apart.to_first != choice->getCond())
            return false;
        if (isa_and_nonnull<clang::SwitchStmt, clang::ConditionalOperator>(apart.at))
            return false;
        variables with = got_by(first);
        if (with.empty() || names(*second.call, with)) return false;
        for (auto* each : in_.locals())
            if (each->getInit() != nullptr && names(*each->getInit(), with))
                with.insert(each);
        return is_used_later(with, second) && !is_handed_on(with, first, second);
    }
    /// Where it has what it took: a buffer of its own, or else a variable.
    variables got_by(const taking& first) const {
        variables found;
        for (auto* each : first.call->arguments()) add_own(*each, found);
        if (!found.empty() || first.call->getNumArgs() > 0) return found;
        const clang::Stmt* part = first.await;
        for (; llvm::isa_and_nonnull<clang::Expr>(part); part = in_.parent(part))
            if (auto* variable = in_.initialized_by(*llvm::cast<clang::Expr>(part)))
                if (!variable->isImplicit()) found.insert(variable);
        return found;
    }
    static void add_own(const clang::Stmt& part, variables& to) {
        auto* named = dyn_cast<clang::DeclRefExpr>(&part);
        auto* variable =
            named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
        if (variable != nullptr && variable->hasLocalStorage() &&
            !isa<clang::ParmVarDecl>(variable) &&
            !named->refersToEnclosingVariableOrCapture() &&
            !variable->getType()->isReferenceType() && !is_view(variable->getType()) &&
            !variable->getType()->isScalarType())
            to.insert(variable);
        for (auto* each : part.children())
            if (each != nullptr) add_own(*each, to);
    }
    static bool names(const clang::Stmt& part, const variables& any) {
        auto* named = dyn_cast<clang::DeclRefExpr>(&part);
        auto* variable = named != nullptr ? variable_of(named->getDecl()) : nullptr;
        if (variable != nullptr && any.contains(variable)) return true;
        return llvm::any_of(part.children(), [&](const clang::Stmt* each) {
            return each != nullptr && names(*each, any);
        });
    }
    bool is_used_later(const variables& any, const taking& second) const {
        return llvm::any_of(any, [&](const clang::VarDecl* each) {
            return stands_before_variable(*each, second) &&
                   llvm::any_of(in_.uses(*each), [&](const clang::Expr* use) {
                       return stands_before(*second.await, *use);
                   });
        });
    }
    bool stands_before_variable(const clang::VarDecl& one, const taking& than) const {
        return sources_.isBeforeInTranslationUnit(one.getLocation(),
                                                  than.await->getExprLoc());
    }
    /// Whether others get it before the coroutine waits for more.
    bool is_handed_on(const variables& any, const taking& first,
                      const taking& second) const {
        return llvm::any_of(in_.statements(), [&](const clang::Stmt* each) {
            auto* part = dyn_cast<clang::Expr>(each);
            auto* binary = dyn_cast<clang::BinaryOperator>(each);
            const bool hands = isa<clang::CallExpr, clang::CXXConstructExpr>(each) ||
                               (binary != nullptr && binary->isAssignmentOp());
            return part != nullptr && hands && !in_.is_within(*part, *first.await) &&
                   stands_before(*first.await, *part) &&
                   stands_before(*part, *second.await) && names(*part, any) &&
                   names_foreign(*part);
        });
    }
    static bool names_foreign(const clang::Stmt& part) {
        if (isa<clang::CXXThisExpr>(part)) return true;
        auto* named = dyn_cast<clang::DeclRefExpr>(&part);
        if (named != nullptr && may_be_of_others(*named)) return true;
        return llvm::any_of(part.children(), [](const clang::Stmt* each) {
            return each != nullptr && names_foreign(*each);
        });
    }

    const body in_;
    const clang::SourceManager& sources_;
};

}  // namespace

llvm::SmallVector<taken_first, 1> taken_in_a_row(const clang::FunctionDecl& coroutine) {
    return finder(coroutine).find();
}

}  // namespace coil_check
