// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/owned_borrows.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

constexpr int depth_max = 5;  // of members in members, of objects in arguments

llvm::ArrayRef<clang::TemplateArgument> arguments_of(clang::QualType type) {
    auto* made = dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
        type->getAsCXXRecordDecl());
    if (made == nullptr) return {};
    return made->getTemplateArgs().asArray();
}

bool is_view(const clang::CXXRecordDecl& record) {
    static const llvm::StringSet<> views = {"std::span", "std::basic_string_view",
                                            "std::reference_wrapper"};
    return views.contains(plain_name(record));
}

/// Whether a pointer or reference to `pointee` may point to a `target`, or into it.
bool may_point_to(clang::QualType pointee, clang::QualType target) {
    if (pointee->isVoidType()) return true;
    const auto a = pointee.getCanonicalType().getUnqualifiedType();
    const auto b = target.getCanonicalType().getUnqualifiedType();
    if (a == b) return true;
    if (auto* array = target->getAsArrayTypeUnsafe())
        return may_point_to(pointee, array->getElementType());
    auto* base = a->getAsCXXRecordDecl();
    auto* derived = b->getAsCXXRecordDecl();
    if (base != nullptr && derived != nullptr && derived->hasDefinition() &&
        derived->isDerivedFrom(base))
        return true;
    // An element of a container, or what a pointer owns.
    return derived != nullptr && derived->isInStdNamespace() &&
           llvm::any_of(arguments_of(b), [&](const clang::TemplateArgument& each) {
               return each.getKind() == clang::TemplateArgument::Type &&
                      each.getAsType().getCanonicalType().getUnqualifiedType() == a;
           });
}

bool may_refer(clang::QualType type, clang::QualType target, int depth) {
    if (type->isReferenceType() || type->isPointerType())
        return may_point_to(type->getPointeeType(), target);
    auto* record = type->getAsCXXRecordDecl();
    if (record == nullptr || !record->hasDefinition() || depth > depth_max)
        return false;
    const auto arguments = arguments_of(type);
    if (is_view(*record) && !arguments.empty())
        return may_point_to(arguments.front().getAsType(), target);
    if (record->isInStdNamespace())
        return llvm::any_of(arguments, [&](const clang::TemplateArgument& each) {
            return each.getKind() == clang::TemplateArgument::Type &&
                   may_refer(each.getAsType(), target, depth + 1);
        });
    for (auto* field : record->fields())
        if (may_refer(field->getType(), target, depth + 1)) return true;
    return llvm::any_of(record->bases(), [&](const clang::CXXBaseSpecifier& base) {
        return may_refer(base.getType(), target, depth + 1);
    });
}

class finder {
public:
    finder(const body& in, clang::QualType owned) : in_(in), owned_(owned) {}

    /// What the object that `made` gives may refer to.
    owned_borrow in_value(const clang::Expr* made, int depth) {
        made = without_wrappers(made);
        if (made == nullptr || depth > depth_max) return {};
        if (auto* waits = dyn_cast<clang::CoroutineSuspendExpr>(made))
            return in_value(waits->getOperand(), depth + 1);
        if (auto* call = dyn_cast<clang::CallExpr>(made)) {
            if (is_move(*call)) {
                auto* local = local_named_by(call->getArg(0));
                return local ? in_value(local->getInit(), depth + 1) : owned_borrow();
            }
            return in_call(*call);
        }
        if (auto* construct = dyn_cast<clang::CXXConstructExpr>(made))
            return in_all(construct->arguments(), depth);
        if (auto* list = dyn_cast<clang::InitListExpr>(made))
            return in_all(list->inits(), depth);
        if (auto* list = dyn_cast<clang::CXXParenListInitExpr>(made))
            return in_all(list->getInitExprs(), depth);
        if (auto* lambda = dyn_cast<clang::LambdaExpr>(made))
            return in_captures(*lambda);
        return {};
    }

private:
    template <class All>
    owned_borrow in_all(const All& all, int depth) {
        for (auto* each : all)
            if (const auto found = in_part(each, depth); found.local != nullptr)
                return found;
        return {};
    }
    owned_borrow in_call(const clang::CallExpr& call) {
        if (auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call)) {
            const auto found = named(member->getImplicitObjectArgument());
            if (found.local != nullptr) return found;
        }
        return in_all(call.arguments(), depth_max);
    }
    owned_borrow in_captures(const clang::LambdaExpr& lambda) {
        for (const auto& capture : lambda.captures()) {
            if (!capture.capturesVariable() ||
                capture.getCaptureKind() != clang::LCK_ByRef)
                continue;
            auto* local = dyn_cast<clang::VarDecl>(capture.getCapturedVar());
            if (local != nullptr && is_plain(*local)) return {local, &lambda};
        }
        return {};
    }
    /// One argument: a reference, a pointer, a view, or an object that has some.
    owned_borrow in_part(const clang::Expr* part, int depth) {
        auto* inner = without_casts(part);
        if (inner == nullptr) return {};
        if (part->isGLValue() || part->getType()->isArrayType()) {
            const auto found = named(part);
            return found.local != nullptr ? found : in_value(part, depth + 1);
        }
        if (part->getType()->isPointerType()) return pointed_to(*inner);
        if (auto* construct =
                dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(part));
            construct != nullptr && is_view(*construct->getConstructor()->getParent()))
            return in_all(construct->arguments(), depth + 1);
        auto* converted =
            dyn_cast_or_null<clang::CXXMemberCallExpr>(without_wrappers(part));
        auto* record = part->getType()->getAsCXXRecordDecl();
        if (converted != nullptr && record != nullptr && is_view(*record))
            return named(converted->getImplicitObjectArgument());
        return in_value(part, depth + 1);
    }
    owned_borrow pointed_to(const clang::Expr& pointer) {
        if (auto* unary = dyn_cast<clang::UnaryOperator>(&pointer))
            return unary->getOpcode() == clang::UO_AddrOf ? named(unary->getSubExpr())
                                                          : owned_borrow();
        if (pointer.getType()->isArrayType()) return named(&pointer);
        static const llvm::StringSet<> pointing = {"get", "data", "c_str"};
        auto* call = dyn_cast<clang::CXXMemberCallExpr>(&pointer);
        auto* method = call != nullptr ? call->getMethodDecl() : nullptr;
        if (method != nullptr && method->getDeclName().isIdentifier() &&
            pointing.contains(method->getName()))
            return named(call->getImplicitObjectArgument());
        return {};
    }
    owned_borrow named(const clang::Expr* object) {
        auto* local = dyn_cast_or_null<clang::VarDecl>(place_of(object));
        if (local == nullptr || !is_plain(*local)) return {};
        if (!may_refer(owned_, object->getType(), 0) &&
            !may_refer(owned_, local->getType(), 0))
            return {};
        return {local, object};
    }
    /// Not what lives elsewhere, or is itself dropped in its turn.
    bool is_plain(const clang::VarDecl& local) const {
        if (may_be_of_others(local, in_.function())) return false;
        auto* record = local.getType()->getAsCXXRecordDecl();
        return record == nullptr || plain_name(*record) != "coil::owned";
    }

    const body& in_;
    clang::QualType owned_;
};

}  // namespace

owned_borrow borrow_of_owned(const clang::CallExpr& call, const body& in) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || call.getNumArgs() != 1 || !in.is_coroutine() ||
        plain_name(*callee) != "coil::own")
        return {};
    const clang::Expr* argument = call.getArg(0);
    // By value: moved into the parameter, or made there.
    auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(argument));
    if (made != nullptr && made->getNumArgs() == 1 &&
        made->getConstructor()->isCopyOrMoveConstructor())
        argument = made->getArg(0);
    return finder(in, call.getArg(0)->getType()).in_value(argument, 0);
}

}  // namespace coil_check
