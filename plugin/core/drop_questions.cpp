// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/drop_effects.hpp>
#include <plugin/core/drop_questions.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

/// The generator that a variable is the next item of.
const clang::ValueDecl* read_by(const clang::ValueDecl& item) {
    auto* variable = dyn_cast<clang::VarDecl>(&item);
    auto* call = variable != nullptr ? call_awaited_by(variable->getInit()) : nullptr;
    return call != nullptr && name_of(*call) == "next" ? place_of(object_of(*call))
                                                       : nullptr;
}

std::optional<asked_emptiness> of_place(const clang::Expr* object, bool is_empty_if) {
    auto* found = place_of(object);
    if (found == nullptr) return std::nullopt;
    if (auto* generator = read_by(*found)) found = generator;
    return asked_emptiness{found, is_empty_if};
}

/// The types that a variant or a race's result may hold.
llvm::ArrayRef<clang::TemplateArgument> alternatives_of(const clang::Expr& whole) {
    auto* made = dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
        whole.getType()->getAsCXXRecordDecl());
    if (made == nullptr || made->getTemplateArgs().size() != 1 ||
        made->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Pack)
        return {};
    return made->getTemplateArgs()[0].pack_elements();
}

std::optional<asked_emptiness> by_index(const clang::Expr* left,
                                        const clang::Expr* right, bool is_equal,
                                        const unit& of) {
    const auto asked = alternative_in(left);
    clang::Expr::EvalResult number;
    if (!asked || right->isValueDependent() || !right->EvaluateAsInt(number, of.ast))
        return std::nullopt;
    const auto which = number.Val.getInt().getZExtValue();
    if (owes_nothing_with(*asked->whole, which, of))
        return asked_emptiness{asked->object, is_equal};
    if (owes_nothing_without(*asked->whole, which, of))
        return asked_emptiness{asked->object, !is_equal};
    return std::nullopt;
}

/// `std::holds_alternative<T>(x)`, and a pointer from `std::get_if<T>(&x)`.
std::optional<asked_emptiness> by_type(const clang::CallExpr& call, const unit& of) {
    auto* callee = call.getDirectCallee();
    auto* arguments =
        callee != nullptr ? callee->getTemplateSpecializationArgs() : nullptr;
    const llvm::StringRef name = name_of(call);
    if (arguments == nullptr || arguments->size() == 0 || !callee->isInStdNamespace() ||
        (name != "holds_alternative" && name != "get_if"))
        return std::nullopt;
    auto* whole = without_wrappers(call.getArg(0));
    if (auto* address = dyn_cast<clang::UnaryOperator>(whole))
        whole = without_wrappers(address->getSubExpr());
    const auto all = alternatives_of(*whole);
    const auto& asked = arguments->get(0);
    for (std::uint64_t i = 0; i < all.size(); ++i) {
        const bool is_it =
            asked.getKind() == clang::TemplateArgument::Type
                ? of.ast.hasSameType(all[i].getAsType(), asked.getAsType())
                : asked.getAsIntegral().getZExtValue() == i;
        if (is_it && owes_nothing_with(*whole, i, of)) return of_place(whole, true);
        if (is_it && owes_nothing_without(*whole, i, of)) return of_place(whole, false);
    }
    return std::nullopt;
}

/// `it == all.end()`.
std::optional<asked_emptiness> at_end(const clang::Expr* left, const clang::Expr* right,
                                      bool is_equal) {
    auto* record = without_wrappers(left)->getType()->getAsCXXRecordDecl();
    auto* object = place_of(left);
    if (record == nullptr || object == nullptr ||
        !record->getDeclName().isIdentifier() || !record->getName().contains("iter") ||
        object != place_of(right))
        return std::nullopt;
    return asked_emptiness{object, is_equal, true};
}

/// `i < all.size()`.
std::optional<asked_emptiness> by_size(const clang::BinaryOperator& compares) {
    for (auto* side : {compares.getLHS(), compares.getRHS()}) {
        auto* call = dyn_cast<clang::CXXMemberCallExpr>(without_wrappers(side));
        if (call == nullptr || name_of(*call) != "size") continue;
        auto* object = place_of(object_of(*call));
        const auto kind = compares.getOpcode();
        const bool goes_on =
            kind == clang::BO_LT || kind == clang::BO_GT || kind == clang::BO_NE;
        if (object != nullptr && compares.isComparisonOp())
            return asked_emptiness{object, !goes_on, true};
    }
    return std::nullopt;
}

std::optional<asked_emptiness> by_comparison(const clang::Expr* left,
                                             const clang::Expr* right, bool is_equal,
                                             const unit& of) {
    if (is_nothing(right)) return of_place(left, is_equal);
    if (is_nothing(left)) return of_place(right, is_equal);
    if (auto found = by_index(left, right, is_equal, of)) return found;
    return at_end(left, right, is_equal);
}

std::optional<asked_emptiness> by_call(const clang::CallExpr& call, const unit& of) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return std::nullopt;
    const auto kind = callee->getOverloadedOperator();
    if ((kind == clang::OO_EqualEqual || kind == clang::OO_ExclaimEqual) &&
        call.getNumArgs() == 2)
        return by_comparison(call.getArg(0), call.getArg(1),
                             kind == clang::OO_EqualEqual, of);
    const llvm::StringRef name = name_of(call);
    if (llvm::isa<clang::CXXConversionDecl>(callee) || name == "has_value")
        return of_place(object_of(call), false);
    if (name == "empty" || name == "has_error" || name == "is_stopped")
        return of_place(object_of(call), true);
    return by_type(call, of);
}

}  // namespace

std::optional<asked_alternative> alternative_in(const clang::Expr* value) {
    auto* call = dyn_cast_or_null<clang::CXXMemberCallExpr>(without_wrappers(value));
    if (call == nullptr || name_of(*call) != "index") return std::nullopt;
    auto* whole = without_casts(call->getImplicitObjectArgument());
    auto* object = place_of(whole);
    if (object == nullptr || alternatives_of(*whole).empty()) return std::nullopt;
    return asked_alternative{object, whole};
}

bool owes_nothing_with(const clang::Expr& whole, std::uint64_t alternative,
                       const unit& of) {
    const auto all = alternatives_of(whole);
    return alternative < all.size() &&
           dropped_in(all[static_cast<std::size_t>(alternative)].getAsType(), of) ==
               nullptr;
}

bool owes_nothing_without(const clang::Expr& whole,
                          llvm::ArrayRef<std::uint64_t> alternatives, const unit& of) {
    const auto all = alternatives_of(whole);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!llvm::is_contained(alternatives, i) &&
            dropped_in(all[i].getAsType(), of) != nullptr)
            return false;
    return true;
}

std::optional<asked_emptiness> emptiness_in(const clang::Expr& condition,
                                            const unit& of) {
    const clang::Expr* asked = without_wrappers(&condition);
    bool is_negated = false;
    for (;;) {
        auto* negation = dyn_cast<clang::UnaryOperator>(asked);
        if (negation == nullptr || negation->getOpcode() != clang::UO_LNot) break;
        asked = without_wrappers(negation->getSubExpr());
        is_negated = !is_negated;
    }
    std::optional<asked_emptiness> found;
    if (auto* rewritten = dyn_cast<clang::CXXRewrittenBinaryOperator>(asked)) {
        // `x != nullptr`, from ==.
        const auto parts = rewritten->getDecomposedForm();
        found = by_comparison(parts.LHS, parts.RHS, parts.Opcode == clang::BO_EQ, of);
    } else if (auto* binary = dyn_cast<clang::BinaryOperator>(asked)) {
        if (binary->isEqualityOp())
            found = by_index(binary->getLHS(), binary->getRHS(),
                             binary->getOpcode() == clang::BO_EQ, of);
        if (!found) found = by_size(*binary);
    } else if (auto* call = dyn_cast<clang::CallExpr>(asked)) {
        found = by_call(*call, of);
    } else if (auto* pointer = dyn_cast<clang::DeclRefExpr>(asked)) {
        auto* variable = dyn_cast<clang::VarDecl>(pointer->getDecl());
        auto* from = dyn_cast_or_null<clang::CallExpr>(
            variable != nullptr ? without_wrappers(variable->getInit()) : nullptr);
        if (from != nullptr && variable->getType()->isPointerType())
            found = by_type(*from, of);
    }
    if (found && is_negated) found->is_empty_if = !found->is_empty_if;
    return found;
}

}  // namespace coil_check
