// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/seen_changes.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

constexpr unsigned depth_max = 4;  // of functions that call each other

/// What two threads must not change at once, whatever else they do.
bool is_plain(clang::QualType type) {
    type = type.getNonReferenceType();
    if (type.isConstQualified() || type.isVolatileQualified()) return false;
    if (type->isArithmeticType() || type->isEnumeralType()) return true;
    auto* record = class_of(type);
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return is_std_container(name) || is_std_adaptor(name) || name == "std::optional" ||
           name == "std::unique_ptr" || name == "std::chrono::duration";
}

/// Locks, and what counts who may go on.
bool takes_lock(const body& in) {
    static const llvm::StringSet<> calls = {
        "lock",        "try_lock",  "lock_shared",    "try_lock_shared",
        "acquire",     "enter",     "try_acquire",    "with_lock",
        "synchronize", "call_once", "arrive_and_wait"};
    return llvm::any_of(in.calls(),
                        [](auto* each) { return calls.contains(name_of(*each)); }) ||
           llvm::any_of(in.locals(), [](const clang::VarDecl* each) {
               auto* record = class_of(each->getType());
               return record != nullptr &&
                      (is_std_lock(plain_name(*record)) ||
                       record->hasAttr<clang::ScopedLockableAttr>());
           });
}

bool changes_its_object(const clang::CXXMemberCallExpr& call) {
    static const llvm::StringSet<> words = {
        "insert", "emplace", "push",    "pop",   "erase", "clear", "append",
        "assign", "resize",  "extract", "merge", "swap",  "reset", "try"};
    auto* method = call.getMethodDecl();
    return method != nullptr && !method->isConst() &&
           method->getParent()->isInStdNamespace() &&
           words.contains(name_of(call).split('_').first);
}

bool is_map(clang::QualType type) {
    auto* record = class_of(type);
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return name == "std::map" || name == "std::unordered_map";
}

bool changes_its_object(const clang::CXXOperatorCallExpr& call) {
    const auto operation = call.getOperator();
    if (operation == clang::OO_Subscript) return is_map(call.getArg(0)->getType());
    return call.isAssignmentOp() || operation == clang::OO_PlusPlus ||
           operation == clang::OO_MinusMinus;
}

/// What an expression changes by itself; null if nothing.
const clang::Expr* changed_by(const clang::Expr& whole) {
    if (auto* binary = dyn_cast<clang::BinaryOperator>(&whole))
        return binary->isAssignmentOp() ? binary->getLHS() : nullptr;
    if (auto* unary = dyn_cast<clang::UnaryOperator>(&whole))
        return unary->isIncrementDecrementOp() ? unary->getSubExpr() : nullptr;
    if (auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(&whole))
        return changes_its_object(*operation) ? operation->getArg(0) : nullptr;
    if (auto* call = dyn_cast<clang::CXXMemberCallExpr>(&whole))
        return changes_its_object(*call) ? call->getImplicitObjectArgument() : nullptr;
    return nullptr;
}

class collector {
public:
    explicit collector(clang::ASTContext& ast) : ast_(ast) {}

    llvm::SmallVector<seen_change, 4> changes(const clang::FunctionDecl& function,
                                              unsigned depth) {
        const clang::FunctionDecl* defined = nullptr;
        if (depth > depth_max || !function.hasBody(defined)) return {};
        const body in(*defined, ast_);
        llvm::SmallVector<seen_change, 4> found;
        if (takes_lock(in)) return found;
        for (auto* statement : in.statements()) {
            auto* whole = dyn_cast<clang::Expr>(statement);
            if (whole == nullptr) continue;
            auto* changed = changed_by(*whole);
            if (changed != nullptr && is_plain(changed->getType()))
                add({place::of(changed), whole}, *defined, found);
            if (auto* call = dyn_cast<clang::CallExpr>(whole))
                for (const auto& each : changed_through(*call, depth))
                    add(each, *defined, found);
        }
        return found;
    }

private:
    /// Only of what is not the function's own.
    static void add(const seen_change& one, const clang::FunctionDecl& by,
                    llvm::SmallVectorImpl<seen_change>& found) {
        if (one.of.is_empty()) return;
        auto* variable = dyn_cast_or_null<clang::VarDecl>(one.of.variable());
        if (variable == nullptr) {
            if (one.of.is_member_of_this()) found.push_back(one);
            return;
        }
        if (!variable->hasLocalStorage()) return;
        const bool is_outer = variable->getDeclContext() != &by;
        const auto type = variable->getType();
        const bool is_lent = llvm::isa<clang::ParmVarDecl>(variable) &&
                             (type->isLValueReferenceType() || type->isPointerType());
        if (is_outer || is_lent) found.push_back(one);
    }
    /// By a function that a call hands it on to.
    llvm::SmallVector<seen_change, 4> changed_through(const clang::CallExpr& call,
                                                      unsigned depth) {
        llvm::SmallVector<seen_change, 4> found;
        auto* callee = body_of(call);
        if (callee == nullptr || callee->isInStdNamespace() ||
            llvm::StringRef(plain_name(*callee)).starts_with("coil::"))
            return found;
        for (const auto& each : changes(*callee, depth + 1))
            found.push_back({seen_by_caller(each.of, call), &call});
        return found;
    }

    clang::ASTContext& ast_;
};

}  // namespace

llvm::SmallVector<seen_change, 4> seen_changes_by(const clang::FunctionDecl& function,
                                                  clang::ASTContext& ast) {
    return collector(ast).changes(function, 0);
}

}  // namespace coil_check
