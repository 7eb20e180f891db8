// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/beside_itself.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/call_sites.hpp>
#include <plugin/core/changes.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/others.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/SmallPtrSet.h>

#include <optional>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

constexpr unsigned depth_max = 5;     // of functions that call each other
constexpr unsigned around_max = 100;  // of functions that lead to one

using fields = llvm::SmallPtrSet<const clang::ValueDecl*, 16>;

/// All members that are named in a statement, also in the lambdas there.
void add_members(const clang::Stmt* part, fields& to) {
    if (part == nullptr) return;
    if (auto* member = dyn_cast<clang::MemberExpr>(part))
        if (isa<clang::FieldDecl>(member->getMemberDecl()) &&
            !member->getMemberDecl()->isInStdNamespace())
            to.insert(member->getMemberDecl());
    if (auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(part))
        return add_members(coroutine->getBody(), to);
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(part);
        lambda != nullptr && lambda->isGenericLambda())
        for (auto* each : lambda->getDependentCallOperator()->specializations())
            add_members(each->getBody(), to);
    for (auto* each : part->children()) add_members(each, to);
}

bool is_lambda(const clang::FunctionDecl& function) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    return method != nullptr && method->getParent()->isLambda();
}

/// The function that a lambda is written in; null of others.
const clang::FunctionDecl* around(const clang::FunctionDecl& function) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    if (method == nullptr || !method->getParent()->isLambda()) return nullptr;
    auto* outer = method->getParent()->getDeclContext();
    while (outer != nullptr && !isa<clang::FunctionDecl>(outer))
        outer = outer->getParent();
    return dyn_cast_or_null<clang::FunctionDecl>(outer);
}

bool is_coroutine(const clang::FunctionDecl& function) {
    const clang::FunctionDecl* defined = nullptr;
    return function.hasBody(defined) &&
           isa<clang::CoroutineBodyStmt>(defined->getBody());
}

/// What runs before everything else of an object, or after it.
bool begins_or_ends(const clang::FunctionDecl& function) {
    return isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(function) ||
           function.getOverloadedOperator() == clang::OO_Equal ||
           (function.getDeclName().isIdentifier() &&
            function.getName() == "async_drop");
}

/// Says of a function whether it may run while a coroutine waits.
class neighbours {
public:
    neighbours(const body& in, const unit& of) : of_(of) {
        for (auto* each = &in.function(); each != nullptr; each = around(*each))
            own_.insert(each->getCanonicalDecl());
        collect_ways_to(in.function());
    }

    bool has(const clang::FunctionDecl& function, bool only_fills, unsigned depth = 0) {
        if (depth > depth_max || is_own(function) || begins_or_ends(function))
            return false;
        bool is_called = false;
        for (auto* by : of_.calls->callers_of(function, of_.ast)) {
            if (by->getCanonicalDecl() == function.getCanonicalDecl()) continue;
            is_called = true;
            if (is_own(*by) || begins_or_ends(*by)) continue;
            const bool leads_here = leads_.contains(by->getCanonicalDecl());
            if (leads_here ? runs_beside(function, *by)
                           : has(*by, only_fills, depth + 1))
                return true;
        }
        if (is_called) return false;
        if (is_lambda(function)) return !only_fills || is_coroutine(function);
        auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
        const bool is_for_others =
            method != nullptr && method->getAccess() != clang::AS_private;
        return is_coroutine(function) || (is_for_others && !only_fills);
    }

private:
    /// Also of a lambda in it, which it may wait for.
    bool is_own(const clang::FunctionDecl& function) const {
        for (auto* each = &function; each != nullptr; each = around(*each))
            if (own_.contains(each->getCanonicalDecl())) return true;
        return false;
    }
    void collect_ways_to(const clang::FunctionDecl& function) {
        llvm::SmallVector<const clang::FunctionDecl*, 8> open = {&function};
        while (!open.empty() && leads_.size() < around_max) {
            auto* one = open.pop_back_val();
            if (!leads_.insert(one->getCanonicalDecl()).second) continue;
            for (auto* each : of_.calls->callers_of(*one, of_.ast))
                open.push_back(each);
            if (auto* outer = around(*one)) open.push_back(outer);
        }
    }
    /// Of what is called by a function that runs the coroutine, too: not one after the
    /// other, if one of them is spawned before.
    bool runs_beside(const clang::FunctionDecl& function,
                     const clang::FunctionDecl& by) {
        const clang::FunctionDecl* defined = nullptr;
        if (!by.hasBody(defined) || defined->isDependentContext()) return false;
        const body seen(*defined, of_.ast);
        const auto& sources = of_.ast.getSourceManager();
        if (stand_in_one_join(seen, function)) return true;
        bool is_beside = false;
        for (auto* spawn : seen.calls()) {
            if (!is_spawner(spawn->getDirectCallee())) continue;
            if (names(*spawn,
                      [&](auto& one) { return one == function.getCanonicalDecl(); }))
                return true;
            if (!names(*spawn, [&](auto& one) { return leads_.contains(one); }))
                continue;
            is_beside |= llvm::any_of(seen.calls(), [&](auto* each) {
                auto* callee = each->getDirectCallee();
                return callee != nullptr &&
                       callee->getCanonicalDecl() == function.getCanonicalDecl() &&
                       sources.isBeforeInTranslationUnit(spawn->getEndLoc(),
                                                         each->getBeginLoc());
            });
        }
        return is_beside;
    }
    /// `join(runs_the_coroutine(), calls_the_function())`.
    bool stand_in_one_join(const body& seen,
                           const clang::FunctionDecl& function) const {
        return llvm::any_of(seen.calls(), [&](const clang::CallExpr* call) {
            auto* callee = call->getDirectCallee();
            if (callee == nullptr || call->getNumArgs() < 2) return false;
            const std::string name = plain_name(*callee);
            if (name != "coil::join" && name != "coil::race" &&
                name != "coil::parallel")
                return false;
            const clang::Expr* leads = nullptr;
            for (auto* each : call->arguments())
                if (names(*each, [&](auto& one) { return leads_.contains(one); }))
                    leads = each;
            return leads != nullptr &&
                   llvm::any_of(call->arguments(), [&](const clang::Expr* each) {
                       return each != leads && names(*each, [&](auto& one) {
                                  return one == function.getCanonicalDecl();
                              });
                   });
        });
    }
    template <class Is>
    static bool names(const clang::Stmt& part, const Is& is) {
        auto* call = dyn_cast<clang::CallExpr>(&part);
        auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
        const clang::FunctionDecl* named =
            callee != nullptr ? callee->getCanonicalDecl() : nullptr;
        if (named != nullptr && is(named)) return true;
        return llvm::any_of(part.children(), [&](const clang::Stmt* each) {
            return each != nullptr && names(*each, is);
        });
    }

    const unit& of_;
    llvm::SmallPtrSet<const clang::FunctionDecl*, 4> own_;
    llvm::DenseSet<const clang::FunctionDecl*> leads_;
};

class searcher {
public:
    searcher(const clang::Expr& container, how_held how, const body& in, const unit& of)
        : container_(place::of(&container)),
          has_iterator_(how != how_held::reference),
          goes_over_all_(how == how_held::loop),
          in_(in),
          of_(of) {
        if (auto* member = dyn_cast<clang::MemberExpr>(without_wrappers(&container)))
            field_ = member->getMemberDecl();
        add_members(in.written(), used_);
        used_.erase(field_);
    }

    change_by_other find(const clang::CXXRecordDecl& record) {
        for (auto* each : record.decls()) {
            auto* made_from = dyn_cast<clang::FunctionTemplateDecl>(each);
            if (made_from != nullptr)
                for (auto* made : made_from->specializations()) look_at(made);
            look_at(dyn_cast<clang::FunctionDecl>(each));
        }
        // It may have room for all that is put in.
        const bool has_room = found_.call != nullptr && is_growth_ && is_reserved_;
        return has_room ? change_by_other() : found_;
    }

private:
    void look_at(const clang::FunctionDecl* function) {
        auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(function);
        if (method == nullptr || method->isDeleted() || method->isDefaulted()) return;
        const clang::FunctionDecl* defined = nullptr;
        if (!method->hasBody(defined)) {
            is_reserved_ |= isa<clang::CXXConstructorDecl>(method);
            return;
        }
        if (defined->isDependentContext()) return;
        look_into(*method, body(*defined, of_.ast));
    }
    /// With the lambdas in it.
    void look_into(const clang::CXXMethodDecl& method, const body& seen) {
        for (auto* call : seen.calls()) {
            auto* changed = changed_by(*call);
            if (changed == nullptr || !(place::of(changed) == container_)) continue;
            is_reserved_ |= name_of(*call) == "reserve" || name_of(*call) == "capacity";
            consider(method, *call, *changed, seen);
        }
        for (auto* each : seen.lambdas())
            if (!each->isGenericLambda() && each->getCallOperator()->hasBody())
                look_into(method, body(*each->getCallOperator(), of_.ast));
    }
    void consider(const clang::CXXMethodDecl& method, const clang::CallExpr& call,
                  const clang::Expr& changed, const body& seen) {
        const change how = change_by(call, changed, has_iterator_);
        if (how == change::none) return;
        if (found_.call != nullptr && !(is_growth_ && how == change::removal)) return;
        if (erases_its_own(call) || asks_what_is_used(seen, call)) return;
        if (!beside_) beside_.emplace(in_, of_);
        const clang::Expr* again = nullptr;
        if (!beside_->has(method, how == change::growth)) {
            if (asks_others(seen)) return;
            again = runs_beside_itself(in_.function(), method, of_);
            if (again == nullptr) return;
        }
        found_ = {&method, &call, again};
        is_growth_ = how == change::growth;
    }
    /// Whether it ends one element that it was given, or put in itself:
    /// `all.erase(at)`. Only who goes over all of them meets that.
    bool erases_its_own(const clang::CallExpr& call) const {
        if (goes_over_all_ || name_of(call) != "erase" || call.getNumArgs() != 1)
            return false;
        const clang::Expr* at = without_wrappers(call.getArg(0));
        while (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(at)) {
            if (made->getNumArgs() == 0) return false;
            at = without_wrappers(made->getArg(0));
        }
        if (at == nullptr || !is_view(at->getType()) || at->getType()->isPointerType())
            return false;
        auto* variable = local_named_by(at);
        auto* initial =
            variable != nullptr ? without_wrappers(variable->getInit()) : nullptr;
        auto* found = dyn_cast_or_null<clang::CallExpr>(initial);
        const auto name = found != nullptr ? name_of(*found) : llvm::StringRef();
        return name != "find" && name != "begin" && name != "lower_bound" &&
               name != "upper_bound" && name != "find_if";
    }
    /// Whether it asks any other member, such as how many there are.
    bool asks_others(const body& seen) const {
        fields asked = asked_in(seen);
        asked.erase(field_);
        return !asked.empty();
    }
    /// Whether it asks members first that the coroutine uses, too: such as whether it
    /// runs, or whether an element is in use.
    bool asks_what_is_used(const body& seen, const clang::CallExpr& call) const {
        fields asked = asked_in(seen);
        for (auto* each : call.arguments()) add_members(each, asked);
        return llvm::any_of(asked, [&](auto* each) { return used_.contains(each); });
    }
    static fields asked_in(const body& seen) {
        fields asked;
        for (auto* each : seen.statements()) {
            if (auto* choice = dyn_cast<clang::IfStmt>(each)) {
                add_members(choice->getCond(), asked);
                add_members(choice->getInit(), asked);
            } else if (auto* loop = dyn_cast<clang::WhileStmt>(each)) {
                add_members(loop->getCond(), asked);
            } else if (auto* either = dyn_cast<clang::ConditionalOperator>(each)) {
                add_members(either->getCond(), asked);
            }
        }
        return asked;
    }

    place container_;
    bool has_iterator_;
    bool goes_over_all_;
    const body& in_;
    const unit& of_;
    std::optional<neighbours> beside_;  // made where it is asked
    const clang::ValueDecl* field_ = nullptr;
    fields used_;
    change_by_other found_;
    bool is_growth_ = false;
    bool is_reserved_ = false;
};

/// The class of the `this` that an expression begins with; null if it does not.
const clang::CXXRecordDecl* class_of_this(const clang::Expr& member) {
    for (const clang::Expr* part = without_wrappers(&member); part != nullptr;) {
        if (isa<clang::CXXThisExpr>(part))
            return part->getType()->getPointeeType()->getAsCXXRecordDecl();
        auto* outer = dyn_cast<clang::MemberExpr>(part);
        if (outer == nullptr) return nullptr;
        part = without_wrappers(outer->getBase());
    }
    return nullptr;
}

bool is_lock(const clang::VarDecl& variable) {
    return is_like_lock(variable.getType());
}

/// Whether who calls it may hold a lock for it.
bool is_locked_by_caller(const body& in, const clang::CXXRecordDecl& record) {
    if (llvm::any_of(in.function().parameters(),
                     [](auto* each) { return is_lock(*each); }))
        return true;
    const bool has_lock = llvm::any_of(
        record.fields(), [](auto* each) { return is_like_lock(each->getType()); });
    auto* method = dyn_cast<clang::CXXMethodDecl>(&in.function());
    return has_lock && (method == nullptr || method->getAccess() != clang::AS_public);
}

}  // namespace

bool is_like_lock(clang::QualType type) {
    auto* record = class_of(type);
    if (record == nullptr) return false;
    const std::string name = llvm::StringRef(plain_name(*record)).lower();
    const llvm::StringRef text(name);
    return (text.contains("lock") && !text.contains("clock") &&
            !text.contains("block")) ||
           text.contains("guard") || text.contains("mutex") ||
           text.contains("permit") || text.contains("semaphore");
}

change_by_other changed_by_others(const clang::Expr& container, how_held how,
                                  const body& in, const unit& of) {
    auto* record = class_of_this(container);
    if (record == nullptr || !record->hasDefinition() ||
        begins_or_ends(in.function()) || is_locked_by_caller(in, *record))
        return {};
    return searcher(container, how, in, of).find(*record->getDefinition());
}

}  // namespace coil_check
