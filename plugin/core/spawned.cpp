// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/spawned.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

constexpr unsigned depth_max = 24;  // as loans count it
constexpr unsigned depth_call = 6;  // of each function that is looked into

bool has_children(clang::QualType type) {
    auto* record = class_of(type);
    return is_group(type) ||
           (record != nullptr && plain_name(*record) == "coil::join_set");
}

/// Whether a call gives children to a group that the function it stands in was given.
bool spawns_for_caller(const clang::CallExpr& call) {
    const auto is_given = [](const clang::Expr* place) {
        auto* named = place != nullptr && has_children(place->getType())
                          ? local_named_by(place)
                          : nullptr;
        return named != nullptr && isa<clang::ParmVarDecl>(named) &&
               named->getType()->isReferenceType();
    };
    return is_given(object_of(call)) || llvm::any_of(call.arguments(), is_given);
}

/// Whether it gives them to a group that the object only refers to: `group_.spawn(x)`.
bool spawns_in_known_group(const clang::CallExpr& call) {
    const auto is_known = [](const clang::Expr* place) {
        if (place == nullptr || !has_children(place->getType())) return false;
        auto* member = dyn_cast<clang::MemberExpr>(without_casts(place));
        if (member == nullptr) return false;
        // A pointer may be to one that ends before.
        return member->getMemberDecl()->getType()->isReferenceType() &&
               isa<clang::CXXThisExpr>(without_casts(member->getBase()));
    };
    return is_known(object_of(call)) || llvm::any_of(call.arguments(), is_known);
}

/// Whether it says where they go, rather than to run until the runtime ends.
bool names_group(const clang::CallExpr& call) {
    return (is_spawner(call.getDirectCallee()) && object_of(call) != nullptr) ||
           llvm::any_of(call.arguments(),
                        [](auto* each) { return has_children(each->getType()); });
}

/// Whether an object may see to it that what it spawned ends before it does, or lives
/// as long: it says how it ends, or shares itself.
bool may_see_to_its_end(clang::QualType type) {
    auto* record = class_of(type);
    if (record == nullptr || !record->hasDefinition()) return true;
    record = record->getDefinition();
    const auto ends_itself = [](const clang::CXXRecordDecl& one) {
        auto* destructor = one.getDestructor();
        return (destructor != nullptr && destructor->isUserProvided()) ||
               plain_name(one) == "std::enable_shared_from_this" ||
               llvm::any_of(one.methods(), [](auto* each) {
                   return each->getDeclName().isIdentifier() &&
                          each->getName() == "async_drop";
               });
    };
    return ends_itself(*record) ||
           !record->forallBases(
               [&](const clang::CXXRecordDecl* base) { return !ends_itself(*base); });
}

bool may_see_to_its_end(const lender& inside, const clang::FunctionDecl& function) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    if (inside.is_this)
        return method == nullptr ||
               may_see_to_its_end(method->getThisType()->getPointeeType());
    if (inside.variable == nullptr) return true;
    const auto type = inside.variable->getType().getNonReferenceType();
    return class_of(type) != nullptr && !class_of(type)->isInStdNamespace() &&
           may_see_to_its_end(type);
}

/// What a constructor makes, as its function knows it: a variable, a part of the
/// object, or a temporary. Nothing where somebody else gets it.
lender made_by(const clang::CXXConstructExpr& construct, const body& in) {
    const clang::Stmt* whole = &construct;
    auto* around = in.parent(whole);
    for (; isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr,
                           clang::CXXFunctionalCastExpr, clang::CXXBindTemporaryExpr,
                           clang::ExprWithCleanups, clang::CXXTemporaryObjectExpr>(
             around);
         around = in.parent(around))
        whole = around;
    auto* value = dyn_cast<clang::Expr>(whole);
    if (value == nullptr) return {};
    if (auto* variable = in.initialized_by(*value))
        return variable->hasLocalStorage() && !variable->getType()->isReferenceType()
                   ? lender{.variable = variable}
                   : lender();
    if (around == nullptr)
        return {.is_this = isa<clang::CXXConstructorDecl>(in.function())};
    auto* kept = dyn_cast<clang::MaterializeTemporaryExpr>(around);
    const bool is_thrown_away = isa<clang::CompoundStmt>(around);
    if (kept == nullptr && !is_thrown_away) return {};
    if (kept != nullptr && kept->getExtendingDecl() != nullptr) return {};
    return {.temporary =
                kept != nullptr ? static_cast<const clang::Expr*>(kept) : &construct};
}

}  // namespace

bool is_awaited_in(const clang::Expr& future, const body& in) {
    for (auto* each = in.parent(&future); each != nullptr; each = in.parent(each)) {
        if (isa<clang::CoroutineSuspendExpr>(each)) return true;
        if (!isa<clang::Expr>(each)) return false;
    }
    return false;
}

bool is_spawner(const clang::FunctionDecl* callee) {
    return callee != nullptr && has_mark(*callee, "spawns");
}

bool spawning_functions::contains(const clang::FunctionDecl& function,
                                  const clang::ASTContext& ast) {
    const clang::FunctionDecl* defined = nullptr;
    if (!function.hasBody(defined) || defined->isDependentContext() ||
        defined->isInStdNamespace() || is_in_coil(*defined) ||
        ast.getSourceManager().isInSystemHeader(defined->getLocation()) ||
        is_silent(defined, "coil-lifetime"))
        return false;
    const auto [known, is_new] = known_.try_emplace(defined, false);
    if (!is_new) return known->second;  // or while it calls itself
    bool found = spawns(*defined->getBody(), ast);
    if (auto* constructor = dyn_cast<clang::CXXConstructorDecl>(defined))
        for (auto* each : constructor->inits())
            found = found || spawns(*each->getInit(), ast);
    return known_[defined] = found;
}

bool spawning_functions::spawns(const clang::Stmt& part, const clang::ASTContext& ast) {
    if (auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(&part))
        return spawns(*coroutine->getBody(), ast);
    if (auto* await = dyn_cast<clang::CoroutineSuspendExpr>(&part))
        return spawns(*await->getOperand(), ast);
    if (isa<clang::LambdaExpr>(part)) return false;
    if (auto* call = dyn_cast<clang::CallExpr>(&part);
        call != nullptr && call->getDirectCallee() != nullptr &&
        (is_spawner(call->getDirectCallee()) ||
         contains(*call->getDirectCallee(), ast)))
        return true;
    if (auto* construct = dyn_cast<clang::CXXConstructExpr>(&part);
        construct != nullptr && contains(*construct->getConstructor(), ast))
        return true;
    return llvm::any_of(part.children(), [&](const clang::Stmt* each) {
        return each != nullptr && spawns(*each, ast);
    });
}

lenders loans::of_spawned(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return {};
    lenders found;
    if (is_spawner(callee)) {
        for (auto* each : call.arguments()) found.append(of_value(*each));
        return found;
    }
    const auto given = given_call::of(call);
    const bool has_group = llvm::any_of(
        given.arguments, [](auto* each) { return has_children(each->getType()); });
    // What only makes a future runs elsewhere: `runtime.run(work())`.
    if (!has_group && is_future(call.getType(), of_) && !is_awaited_in(call, in_))
        return {};
    return of_spawned_in(*callee, given, has_group);
}

lenders loans::of_spawned(const clang::CXXConstructExpr& made) {
    auto& constructor = *made.getConstructor();
    if (constructor.isCopyOrMoveConstructor()) return {};
    if (!of_.spawning->contains(constructor, of_.ast)) return {};
    const lender object = made_by(made, in_);
    const bool is_known =
        object.is_this || object.variable != nullptr || object.temporary != nullptr;
    if (!is_known) return {};
    const llvm::ArrayRef<const clang::Expr*> arguments(made.getArgs(),
                                                       made.getNumArgs());
    const bool has_group = llvm::any_of(
        arguments, [](auto* each) { return has_children(each->getType()); });
    return of_spawned_in(constructor, {arguments, nullptr, &object}, has_group);
}

/// Of what is called: with what that calls in its turn.
lenders loans::of_spawned_in(const clang::FunctionDecl& callee, const given_call& call,
                             bool has_group) {
    const clang::FunctionDecl* defined = nullptr;
    if (depth_ > depth_max / 2 || !of_.spawning->contains(callee, of_.ast) ||
        !callee.hasBody(defined))
        return {};
    const body seen(*defined, of_.ast);
    lenders found;
    const auto add = [&](const clang::Expr& by, const lenders& all,
                         bool is_for_caller) {
        for (const auto& each : all) {
            if (!is_for_caller && may_see_to_its_end(each, *defined)) continue;
            for (auto& outside : seen_by_caller(call, each)) {
                outside.spawned_by = each.spawned_by != nullptr ? each.spawned_by : &by;
                found.push_back(outside);
            }
        }
    };
    for (auto* each : seen.statements()) {
        loans inside(seen, of_);
        inside.depth_ = depth_ + depth_call;
        if (auto* made = dyn_cast<clang::CXXConstructExpr>(each))
            add(*made, inside.of_spawned(*made), false);
        auto* spawn = dyn_cast<clang::CallExpr>(each);
        if (spawn == nullptr) continue;
        const bool is_for_caller = has_group && spawns_for_caller(*spawn);
        const bool goes_on =
            is_for_caller || spawns_in_known_group(*spawn) || !names_group(*spawn);
        if (goes_on) add(*spawn, inside.of_spawned(*spawn), is_for_caller);
    }
    return found;
}

}  // namespace coil_check
