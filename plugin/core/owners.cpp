// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/owners.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>
#include <llvm/ADT/StringSwitch.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// What a use stands in, but for parentheses and conversions.
const clang::Stmt* around(const clang::Expr& use, const body& in) {
    auto* found = in.parent(&use);
    while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(found))
        found = in.parent(found);
    return found;
}

bool is_smart_pointer(clang::QualType type) {
    auto* record = class_of(type);
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return name == "std::shared_ptr" || name == "std::unique_ptr";
}

/// Of what a shared_ptr points to: whether it gives away others.
bool shares_itself(clang::QualType pointer) {
    auto* made =
        dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(class_of(pointer));
    if (made == nullptr || made->getTemplateArgs().size() == 0) return true;
    auto* pointee = class_of(made->getTemplateArgs()[0].getAsType());
    if (pointee == nullptr) return false;
    if (!pointee->hasDefinition()) return true;
    return !pointee->forallBases([](const clang::CXXRecordDecl* base) {
        return plain_name(*base) != "std::enable_shared_from_this";
    });
}

bool is_made_here(const clang::VarDecl& pointer) {
    if (isa<clang::ParmVarDecl>(pointer)) return true;
    auto* initial = without_wrappers(pointer.getInit());
    if (auto* call = dyn_cast_or_null<clang::CallExpr>(initial))
        return name_of(*call) == "make_shared" || name_of(*call) == "allocate_shared";
    auto* construct = dyn_cast_or_null<clang::CXXConstructExpr>(initial);
    return construct != nullptr && construct->getNumArgs() > 0 &&
           isa<clang::CXXNewExpr>(without_wrappers(construct->getArg(0)));
}

/// A use of a shared_ptr that makes no other of it.
bool is_plain_use(const clang::Expr& use, const body& in) {
    auto* whole = around(use, in);
    if (auto* member = dyn_cast_or_null<clang::MemberExpr>(whole)) {
        auto* method = dyn_cast<clang::CXXMethodDecl>(member->getMemberDecl());
        return method != nullptr && (isa<clang::CXXConversionDecl>(method) ||
                                     (method->getDeclName().isIdentifier() &&
                                      llvm::StringSwitch<bool>(method->getName())
                                          .Cases("get", "reset", "use_count", true)
                                          .Default(false)));
    }
    auto* call = dyn_cast_or_null<clang::CXXOperatorCallExpr>(whole);
    return call != nullptr && without_casts(call->getArg(0)) == &use;
}

bool is_sole_owner(const clang::Expr& object, const body& in) {
    auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(&object));
    if (named == nullptr || named->refersToEnclosingVariableOrCapture()) return false;
    auto* pointer = dyn_cast<clang::VarDecl>(named->getDecl());
    return pointer != nullptr && pointer->hasLocalStorage() &&
           !pointer->getType()->isReferenceType() && is_made_here(*pointer) &&
           !shares_itself(pointer->getType()) &&
           llvm::all_of(in.uses(*pointer),
                        [&](auto* use) { return is_plain_use(*use, in); });
}

/// A use after which somebody else may own what this one owned.
bool hands_on(const clang::Expr& use, const body& in, bool is_pointer) {
    auto* whole = around(use, in);
    if (isa_and_nonnull<clang::LambdaExpr>(whole)) return is_pointer;
    if (auto* construct = dyn_cast_or_null<clang::CXXConstructExpr>(whole))
        return construct->getConstructor()->isMoveConstructor();
    if (auto* member = dyn_cast_or_null<clang::MemberExpr>(whole)) {
        const auto name = member->getMemberDecl()->getDeclName();
        return name.isIdentifier() &&
               llvm::StringSwitch<bool>(name.getAsIdentifierInfo()->getName())
                   .Cases("release", "swap", "extract", "splice", "merge", true)
                   .Default(false);
    }
    auto* call = dyn_cast_or_null<clang::CallExpr>(whole);
    if (call == nullptr || isa<clang::CXXOperatorCallExpr>(call)) return false;
    if (is_move(*call) || name_of(*call) == "swap" || name_of(*call) == "exchange")
        return true;
    return is_pointer && !use.getType().isConstQualified();
}

}  // namespace

bool is_owner(const clang::Expr& object, const body& in) {
    const auto type = without_casts(&object)->getType();  // no base of a std class
    auto* record = class_of(type);
    if (record == nullptr) return false;
    if (plain_name(*record) == "coil::buffer") return true;
    if (is_view(type.getNonReferenceType()) || !record->isInStdNamespace() ||
        record->isLambda())
        return false;
    const std::string name = plain_name(*record);
    if (name == "std::shared_ptr") return is_sole_owner(object, in);
    return name != "std::weak_ptr";
}

bool is_handed_on(const clang::VarDecl& owner, const body& in) {
    static const llvm::StringSet<> in_place = {"std::optional", "std::pair",
                                               "std::tuple",    "std::array",
                                               "std::variant",  "std::basic_string"};
    auto* record = class_of(owner.getType());
    if (record == nullptr || in_place.contains(plain_name(*record))) return false;
    const bool is_pointer = is_smart_pointer(owner.getType());
    return llvm::any_of(in.uses(owner),
                        [&](auto* use) { return hands_on(*use, in, is_pointer); });
}

}  // namespace coil_check
