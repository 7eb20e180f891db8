// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/drop_effects.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

bool is_nothing(const clang::Expr* value) {
    value = without_wrappers(value);
    auto* record = value->getType()->getAsCXXRecordDecl();
    return value->getType()->isNullPtrType() ||
           (record != nullptr && record->getDeclName().isIdentifier() &&
            record->getName() == "nullopt_t") ||
           (may_be_empty(value->getType()) && is_made_empty(value));
}

namespace {

using how = drop_effect::how;

how full_if(bool is_full) {
    return is_full ? how::filled : how::emptied;
}

bool is_drop_type(const clang::Expr& expression, const unit& of) {
    return dropped_in(expression.getType(), of) != nullptr;
}

void take(const clang::Expr* expression, llvm::SmallVectorImpl<drop_effect>& all) {
    const named_place from = place_named(expression);
    if (from.object != nullptr)
        all.push_back(
            {from.object, from.is_one_of_several ? how::one_taken : how::emptied});
}

/// The objects that a call takes over: moves from, drops, takes the value of.
void add_taken(const clang::CallExpr& call, const unit& of,
               llvm::SmallVectorImpl<drop_effect>& all) {
    if (is_move(call)) {
        if (is_drop_type(*call.getArg(0), of)) take(call.getArg(0), all);
        return;
    }
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return;
    if (callee->isInStdNamespace() && name_of(call) == "exchange" &&
        is_drop_type(*call.getArg(0), of)) {
        if (is_nothing(call.getArg(1))) {
            take(call.getArg(0), all);
        } else if (auto* object = place_of(call.getArg(0))) {
            all.push_back({object, how::filled});
        }
    }
    const bool is_operator = llvm::isa<clang::CXXOperatorCallExpr>(call) &&
                             llvm::isa<clang::CXXMethodDecl>(callee);
    for (unsigned i = is_operator ? 1 : 0; i < call.getNumArgs(); ++i)
        if (drops_argument(*callee, is_operator ? i - 1 : i)) take(call.getArg(i), all);
    static const llvm::StringSet<> takers = {"async_drop", "take", "take_value",
                                             "release"};
    if (llvm::isa<clang::CXXMemberCallExpr>(call) && takers.contains(name_of(call)))
        take(object_of(call), all);
}

/// Containers and the like that something is put into, or may be by who gets them.
void add_filled(const clang::CallExpr& call, const unit& of,
                llvm::SmallVectorImpl<drop_effect>& all) {
    static const llvm::StringSet<> fillers = {
        "push_back", "emplace_back", "push_front",   "emplace_front",
        "insert",    "emplace",      "try_emplace",  "push",
        "swap",      "merge",        "emplace_hint", "set_value"};
    auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call);
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || callee->isInStdNamespace()) return;
    if (member != nullptr && fillers.contains(name_of(call))) {
        auto* object = member->getImplicitObjectArgument();
        if (may_be_empty(object->getType()) && is_drop_type(*object, of))
            if (auto* filled = place_of(object)) all.push_back({filled, how::filled});
    }
    const unsigned first = llvm::isa<clang::CXXOperatorCallExpr>(call) ? 1 : 0;
    for (unsigned i = first; i < call.getNumArgs(); ++i) {
        if (i - first >= callee->getNumParams() || drops_argument(*callee, i - first))
            continue;
        const auto type = callee->getParamDecl(i - first)->getType();
        if (!type->isLValueReferenceType() || type->getPointeeType().isConstQualified())
            continue;
        auto* given = call.getArg(i);
        if (may_be_empty(given->getType()) && is_drop_type(*given, of))
            if (auto* object = place_of(given)) all.push_back({object, how::filled});
    }
}

/// `return x;` moves from it, or makes it where it is returned to.
void add_returned(const clang::Expr* value, llvm::SmallVectorImpl<drop_effect>& all) {
    const clang::Expr* named = without_wrappers(value);
    while (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(named)) {
        if (made->getNumArgs() == 0) return;
        named = without_wrappers(made->getArg(0));
    }
    auto* reference = dyn_cast_or_null<clang::DeclRefExpr>(named);
    if (reference != nullptr) all.push_back({reference->getDecl(), how::emptied});
}

/// A closure that takes over what it refers to: that happens when it is called, which
/// nobody sees from here.
void add_taken_by(const clang::LambdaExpr& lambda, const unit& of,
                  llvm::SmallVectorImpl<drop_effect>& all) {
    const clang::FunctionDecl* called = lambda.getCallOperator();
    if (auto* generic = lambda.getLambdaClass()->getDependentLambdaCallOperator()) {
        const auto made = generic->specializations();
        if (made.begin() == made.end()) return;
        called = *made.begin();
    }
    if (called == nullptr || called->isDependentContext() || !called->hasBody()) return;
    const body inner(*called, of.ast);
    for (auto* call : inner.calls()) {
        llvm::SmallVector<drop_effect, 2> taken;
        add_taken(*call, of, taken);
        // A loop may take one after the other.
        for (auto& each : taken)
            if (each.is == how::one_taken && inner.loop_around(call) != nullptr)
                each.is = how::emptied;
        all.append(taken.begin(), taken.end());
    }
}

}  // namespace

llvm::SmallVector<drop_effect, 2> drop_effects(const clang::Stmt& of_this,
                                               const unit& of) {
    llvm::SmallVector<drop_effect, 2> all;
    if (auto* call = dyn_cast<clang::CallExpr>(&of_this)) {
        add_taken(*call, of, all);
        if (const auto written = overwriting(*call, of)) {
            auto* object = place_of(written->object);
            if (object != nullptr) all.push_back({object, written->then});
        } else {
            add_filled(*call, of, all);
        }
    } else if (auto* returns = dyn_cast<clang::ReturnStmt>(&of_this)) {
        add_returned(returns->getRetValue(), all);
    } else if (auto* result = dyn_cast<clang::CoreturnStmt>(&of_this)) {
        add_returned(result->getOperand(), all);
    } else if (auto* lambda = dyn_cast<clang::LambdaExpr>(&of_this)) {
        add_taken_by(*lambda, of, all);
    }
    return all;
}

std::optional<overwritten_object> overwriting(const clang::CallExpr& call,
                                              const unit& of) {
    auto* object = object_of(call);
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    if (object == nullptr || method == nullptr || !is_drop_type(*object, of))
        return std::nullopt;
    const bool is_holder = async_drop_of(*method->getParent(), of) == nullptr;
    if (method->getOverloadedOperator() == clang::OO_Equal) {
        const bool takes_another =
            method->isMoveAssignmentOperator() || method->isCopyAssignmentOperator();
        if (!is_holder && !takes_another) return std::nullopt;
        return overwritten_object{object, full_if(!is_nothing(call.getArg(1)))};
    }
    if (!is_holder || !llvm::isa<clang::CXXMemberCallExpr>(call)) return std::nullopt;
    const llvm::StringRef name = name_of(call);
    if (name == "clear" || (name == "reset" && call.getNumArgs() == 0))
        return overwritten_object{object, how::emptied};
    if (name == "reset") {
        const bool is_null =
            without_wrappers(call.getArg(0))->getType()->isNullPtrType() ||
            llvm::isa<clang::CXXDefaultArgExpr>(call.getArg(0));
        return overwritten_object{object, full_if(!is_null)};
    }
    static const llvm::StringSet<> removing = {"pop", "pop_back", "pop_front", "erase"};
    if (removing.contains(name)) return overwritten_object{object, how::one_removed};
    static const llvm::StringSet<> single = {"optional", "variant", "expected"};
    const bool replaces =
        name == "emplace" && single.contains(method->getParent()->getName());
    if (replaces || name == "assign" || name == "insert_or_assign" || name == "resize")
        return overwritten_object{object, how::filled};
    return std::nullopt;
}

}  // namespace coil_check
