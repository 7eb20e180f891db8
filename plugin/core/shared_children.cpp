// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/repeated.hpp>
#include <plugin/core/shared_children.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;
using llvm::isa_and_nonnull;

namespace {

/// A child, and what it changes.
struct child {
    const clang::CallExpr* spawn;
    llvm::SmallVector<seen_change, 4> changes;  // as the function calls it that spawns
};

bool is_choice(const clang::Stmt* statement) {
    return isa<clang::IfStmt, clang::SwitchStmt, clang::ConditionalOperator>(statement);
}

class finder {
public:
    finder(const body& in, const unit& of) : in_(in), of_(of) {}

    llvm::SmallVector<shared_object, 2> find() {
        for (auto* call : in_.calls())
            if (spawns(*call)) add(*call);
        for (unsigned i = 0; i < children_.size(); ++i) {
            for (const auto& each : children_[i].changes) {
                auto* spawn = children_[i].spawn;
                if (is_spawned_again(*spawn, each.of, in_)) {
                    say({each.of, spawn, nullptr, each.at});
                } else if (auto* other = changed_beside(i, each.of)) {
                    say({each.of, spawn, other, each.at});
                }
            }
        }
        return std::move(found_);
    }

private:
    /// On a group of many threads, not by hand on one that may be local.
    static bool spawns(const clang::CallExpr& call) {
        if (!is_spawner(call.getDirectCallee())) return false;
        auto* object = object_of(call);
        if (object == nullptr) return true;
        auto type = object->getType();
        if (type->isPointerType()) type = type->getPointeeType();
        return is_group(type);
    }
    void add(const clang::CallExpr& spawn) {
        child made{&spawn, {}};
        for (auto* each : spawn.arguments()) add_changes(each, made.changes);
        children_.push_back(std::move(made));
    }
    /// Of work that is given: a call of a coroutine, of a lambda, or coil's call_once
    /// of one.
    void add_changes(const clang::Expr* work,
                     llvm::SmallVectorImpl<seen_change>& found) {
        auto* given = without_wrappers(work);
        if (auto* lambda = dyn_cast_or_null<clang::LambdaExpr>(given))
            return add_captured(*lambda, found);
        auto* call = dyn_cast_or_null<clang::CallExpr>(given);
        if (call == nullptr) return;
        if (name_of(*call) == "call_once") {
            for (auto* each : call->arguments()) add_changes(each, found);
            return;
        }
        auto* callee = body_of(*call);
        if (callee == nullptr) return;
        auto* object = object_of(*call);
        auto* closure = object != nullptr
                            ? dyn_cast<clang::LambdaExpr>(without_wrappers(object))
                            : nullptr;
        if (closure != nullptr) add_captured(*closure, found);
        for (const auto& each : seen_changes_by(*callee, of_.ast))
            note(seen_by_caller(each.of, *call), each.at, found);
    }
    void add_captured(const clang::LambdaExpr& lambda,
                      llvm::SmallVectorImpl<seen_change>& found) {
        auto* operation = lambda.getCallOperator();
        if (operation == nullptr) return;
        for (const auto& each : seen_changes_by(*operation, of_.ast)) {
            const bool is_captured =
                llvm::any_of(lambda.captures(), [&](const clang::LambdaCapture& one) {
                    if (one.capturesThis())
                        return each.of.is_member_of_this() &&
                               one.getCaptureKind() == clang::LCK_This;
                    return one.capturesVariable() &&
                           one.getCapturedVar() == each.of.variable() &&
                           one.getCaptureKind() == clang::LCK_ByRef;
                });
            if (is_captured) note(each.of, each.at, found);
        }
    }
    /// Unless it is a copy of the spawner's, or one of its own.
    static void note(const place& of, const clang::Expr* at,
                     llvm::SmallVectorImpl<seen_change>& found) {
        if (!of.is_empty()) found.push_back({of, at});
    }

    /// Another child that changes it, spawned with no await in between, which might
    /// wait for the first one.
    const clang::CallExpr* changed_beside(unsigned first, const place& of) const {
        for (unsigned i = first + 1; i < children_.size(); ++i) {
            auto* spawn = children_[first].spawn;
            auto* other = children_[i].spawn;
            if (excludes(*spawn, *other) || awaits_between(*spawn, *other)) continue;
            if (llvm::any_of(children_[i].changes,
                             [&](const seen_change& each) { return each.of == of; }))
                return other;
        }
        return nullptr;
    }
    bool awaits_between(const clang::CallExpr& from, const clang::CallExpr& to) const {
        auto& sources = of_.ast.getSourceManager();
        return llvm::any_of(in_.suspensions(), [&](const auto* each) {
            return sources.isBeforeInTranslationUnit(from.getBeginLoc(),
                                                     each->getKeywordLoc()) &&
                   sources.isBeforeInTranslationUnit(each->getKeywordLoc(),
                                                     to.getBeginLoc());
        });
    }
    /// In two arms of one choice.
    bool excludes(const clang::CallExpr& one, const clang::CallExpr& other) const {
        auto* at = fork_of(one, other, in_).at;
        return at == nullptr || is_choice(at);
    }
    void say(const shared_object& one) {
        if (llvm::none_of(found_, [&](const auto& each) { return each.of == one.of; }))
            found_.push_back(one);
    }

    const body& in_;
    const unit& of_;
    llvm::SmallVector<child, 4> children_;
    llvm::SmallVector<shared_object, 2> found_;
};

}  // namespace

llvm::SmallVector<shared_object, 2> shared_by_children(const body& in, const unit& of) {
    return finder(in, of).find();
}

}  // namespace coil_check
