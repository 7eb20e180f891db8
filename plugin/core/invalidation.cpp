// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/invalidation.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

bool names(const clang::Expr* expression, const clang::VarDecl& variable) {
    auto* named = dyn_cast_or_null<clang::DeclRefExpr>(without_casts(expression));
    return named != nullptr && named->getDecl() == &variable;
}

bool is_called_on(const clang::CallExpr& call, const clang::VarDecl& object) {
    return names(object_of(call), object);
}

std::string class_name(const clang::VarDecl& variable) {
    auto* record = class_of(variable.getType());
    return record != nullptr ? plain_name(*record) : std::string();
}

/// `pointer = ...`, `text = ...`.
bool assigns(const clang::CallExpr& call) {
    auto* made = dyn_cast<clang::CXXOperatorCallExpr>(&call);
    return made != nullptr && made->getOperator() == clang::OO_Equal;
}

bool is_nothing(const clang::Expr& value) {
    auto* record = class_of(value.getType());
    return record != nullptr && plain_name(*record) == "std::nullopt_t";
}

/// Of the standard's containers that keep their elements until they are told otherwise.
bool ends_elements(const clang::CallExpr& call, const std::string& owner) {
    if (owner == "std::unique_ptr" || owner == "std::shared_ptr")
        return assigns(call) || name_of(call) == "reset";
    if (owner == "std::optional")
        return name_of(call) == "reset" ||
               (assigns(call) && is_nothing(*call.getArg(1)));
    if (!is_std_container(owner)) return false;
    return assigns(call) || name_of(call) == "clear" || name_of(call) == "assign";
}

/// `text += "..."`, `text.erase(0, 2)`: what stood there before stands elsewhere.
bool shifts_characters(const clang::CallExpr& call) {
    return name_of(call) == "erase" || name_of(call) == "replace";
}

bool erases(const clang::CallExpr& call, const clang::VarDecl& holder) {
    if (name_of(call) != "erase" || call.getNumArgs() != 1) return false;
    const clang::Expr* at = without_wrappers(call.getArg(0));
    // An iterator is converted to a const_iterator.
    while (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(at)) {
        if (made->getNumArgs() == 0) return false;
        at = without_wrappers(made->getArg(0));
    }
    return names(at, holder);
}

}  // namespace

bool grows(const clang::CallExpr& call) {
    static const llvm::StringSet<> growing = {"push_back", "emplace_back", "insert",
                                              "emplace", "append"};
    auto* object = object_of(call);
    auto* record = object != nullptr ? class_of(object->getType()) : nullptr;
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(&call);
    if (name == "std::basic_string" && operation != nullptr)
        return operation->getOperator() == clang::OO_PlusEqual;
    return (name == "std::vector" || name == "std::basic_string") &&
           growing.contains(name_of(call));
}

bool has_known_capacity(const clang::VarDecl& owner, const body& in) {
    return llvm::any_of(in.uses(owner), [&](auto* use) {
        auto* around = in.parent(use);
        while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
            around = in.parent(around);
        auto* member = dyn_cast_or_null<clang::MemberExpr>(around);
        if (member == nullptr) return false;
        const auto name = member->getMemberDecl()->getDeclName();
        return name.isIdentifier() && (name.getAsIdentifierInfo()->isStr("reserve") ||
                                       name.getAsIdentifierInfo()->isStr("capacity"));
    });
}

bool invalidates(const clang::CallExpr& call, const clang::VarDecl& owner,
                 const clang::VarDecl& holder, const body& in) {
    if (!is_called_on(call, owner)) return false;
    const std::string name = class_name(owner);
    if (ends_elements(call, name) || erases(call, holder)) return true;
    if (name == "std::basic_string" && shifts_characters(call)) return true;
    return grows(call) && !isa<clang::ParmVarDecl>(owner) &&
           !has_known_capacity(owner, in);
}

bool moves_away(const clang::CallExpr& move, const clang::VarDecl& from,
                const body& in) {
    auto* record = class_of(from.getType());
    if (!is_move(move) || name_of(move) != "move" || record == nullptr ||
        !record->hasDefinition() || !record->hasNonTrivialMoveConstructor() ||
        !names(move.getArg(0), from))
        return false;
    auto* around = in.parent(&move);
    while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
        around = in.parent(around);
    if (auto* construct = dyn_cast_or_null<clang::CXXConstructExpr>(around))
        return construct->getConstructor()->isMoveConstructor();
    auto* call = dyn_cast_or_null<clang::CallExpr>(around);
    if (call == nullptr) return false;
    return assigns(*call) || name_of(*call) == "push_back" ||
           name_of(*call) == "emplace_back";
}

}  // namespace coil_check
