// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/late_use.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/owners.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/ScopeExit.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

bool is_view(clang::QualType type) {
    static const llvm::StringSet<> all = {"std::basic_string_view", "std::span",
                                          "std::reference_wrapper",
                                          "std::initializer_list"};
    if (type->isPointerType()) return !type->isFunctionPointerType();
    auto* record = type->getAsCXXRecordDecl();
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    const llvm::StringRef text(name);
    const bool is_iterator =
        text.ends_with("iterator") &&
        (text.starts_with("std::") || text.starts_with("__gnu_cxx::"));
    return is_iterator || all.contains(name) || record->hasAttr<clang::PointerAttr>();
}

bool lender::is_own() const {
    if (variable == nullptr) return temporary != nullptr;
    if (is_outer) return false;
    return !isa<clang::ParmVarDecl>(variable) ||
           !(variable->getType()->isReferenceType() || is_view(variable->getType()));
}

namespace {

constexpr unsigned depth_max = 24;

void append(lenders& to, const lenders& more) {
    to.append(more.begin(), more.end());
}

/// Says who keeps them, where nobody said it closer to them.
lenders kept_by(lenders found, const clang::NamedDecl* keeper) {
    for (auto& each : found)
        if (each.kept_by == nullptr) each.kept_by = keeper;
    return found;
}

bool is_std_get(const clang::FunctionDecl& callee) {
    return callee.isInStdNamespace() && callee.getDeclName().isIdentifier() &&
           callee.getName() == "get" && callee.getNumParams() == 1;
}

bool is_lifetimebound(const clang::FunctionDecl& callee) {
    return callee.hasAttr<clang::LifetimeBoundAttr>();
}

const clang::FunctionProtoType* type_of_callee(const clang::CallExpr& call) {
    if (auto* callee = call.getDirectCallee())
        return callee->getType()->getAs<clang::FunctionProtoType>();
    auto type = call.getCallee()->getType();
    if (type->isPointerType() || type->isReferenceType()) type = type->getPointeeType();
    return type->getAs<clang::FunctionProtoType>();
}

/// The arguments that have a parameter: not the object of an operator.
llvm::ArrayRef<const clang::Expr*> given_to(const clang::CallExpr& call) {
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    const bool has_object = isa<clang::CXXOperatorCallExpr>(call) &&
                            method != nullptr && method->isInstance();
    return llvm::ArrayRef<const clang::Expr*>(call.getArgs(), call.getNumArgs())
        .drop_front(has_object ? 1 : 0);
}

}  // namespace

lenders loans::of_place(const clang::Expr& place) {
    ++depth_;
    const auto leave = llvm::make_scope_exit([&] { --depth_; });
    if (depth_ > depth_max) return {};
    const clang::Expr* named = without_casts(&place);
    if (auto* full = dyn_cast<clang::FullExpr>(named))
        return of_place(*full->getSubExpr());
    if (auto* given = dyn_cast<clang::CXXDefaultArgExpr>(named))
        return of_place(*given->getExpr());
    if (auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(named))
        return {lender{.temporary = made}};
    if (auto* reference = dyn_cast<clang::DeclRefExpr>(named)) {
        const bool is_outer = reference->refersToEnclosingVariableOrCapture();
        auto* variable = variable_of(reference->getDecl());
        if ((is_outer && !sees_outer_) || variable == nullptr ||
            !variable->hasLocalStorage())
            return {};
        if (is_outer) return {lender{.variable = variable, .is_outer = true}};
        if (variable->getType()->isReferenceType()) return of_reference(*variable);
        return {lender{.variable = variable}};
    }
    if (auto* member = dyn_cast<clang::MemberExpr>(named)) {
        if (member->getMemberDecl()->getType()->isReferenceType()) return {};
        return member->isArrow() ? of_value(*member->getBase())
                                 : of_place(*member->getBase());
    }
    if (auto* element = dyn_cast<clang::ArraySubscriptExpr>(named))
        return of_value(*element->getBase());
    if (auto* unary = dyn_cast<clang::UnaryOperator>(named))
        return unary->getOpcode() == clang::UO_Deref ? of_value(*unary->getSubExpr())
                                                     : lenders();
    if (auto* choice = dyn_cast<clang::ConditionalOperator>(named)) {
        lenders both = of_place(*choice->getTrueExpr());
        append(both, of_place(*choice->getFalseExpr()));
        return both;
    }
    if (auto* cast = dyn_cast<clang::ExplicitCastExpr>(named))
        return of_place(*cast->getSubExpr());
    auto* call = dyn_cast<clang::CallExpr>(named);
    return call != nullptr ? of_call_place(*call) : lenders();
}

/// What a reference was bound to; a parameter is known by its caller.
lenders loans::of_reference(const clang::VarDecl& reference) {
    if (isa<clang::ParmVarDecl>(reference)) return {lender{.variable = &reference}};
    auto* initial = reference.getInit();
    if (initial == nullptr) return {};
    lenders found = of_place(*initial);
    // One that it keeps alive ends where it does.
    for (auto& each : found)
        if (each.temporary != nullptr) each = lender{.variable = &reference};
    return found;
}

lenders loans::of_call_place(const clang::CallExpr& call) {
    if (is_move(call)) return of_place(*call.getArg(0));
    auto* callee = call.getDirectCallee();
    auto* object = object_of(call);
    if (callee == nullptr) return {};
    if (object != nullptr) {
        if (is_lifetimebound(*callee)) return of_object(*object);
        if (is_owner(*object, in_)) return of_inside(*object);
        return is_view(object->getType()) ? of_value(*object) : lenders();
    }
    if (is_std_get(*callee)) return of_place(*call.getArg(0));
    lenders found;
    for (const auto& [parameter, argument] :
         llvm::zip(callee->parameters(), given_to(call)))
        if (parameter->hasAttr<clang::LifetimeBoundAttr>())
            append(found, of_argument(*argument, parameter->getType()));
    return found;
}

/// Of an element or a buffer of what an expression names.
lenders loans::of_inside(const clang::Expr& owner) {
    lenders found = of_object(owner);
    llvm::erase_if(found, [this](const lender& each) {
        return each.variable != nullptr && is_handed_on(*each.variable, in_);
    });
    for (auto& each : found) {
        ++each.inside;
        each.owner = &owner;
    }
    return found;
}

/// Of `x` in `x.f()`, and of what `x` points to in `x->f()`.
lenders loans::of_object(const clang::Expr& object) {
    return object.getType()->isPointerType() ? of_value(object) : of_place(object);
}

lenders loans::of_argument(const clang::Expr& argument, clang::QualType parameter) {
    return parameter->isReferenceType() ? of_place(argument) : of_value(argument);
}

lenders loans::of_value(const clang::Expr& value) {
    ++depth_;
    const auto leave = llvm::make_scope_exit([&] { --depth_; });
    if (depth_ > depth_max) return {};
    auto* decays = dyn_cast<clang::CastExpr>(value.IgnoreParens());
    if (decays != nullptr && decays->getCastKind() == clang::CK_ArrayToPointerDecay)
        return isa<clang::StringLiteral>(decays->getSubExpr()->IgnoreParens())
                   ? lenders()
                   : of_place(*decays->getSubExpr());
    const clang::Expr* given = without_wrappers(&value);
    if (given != &value && isa<clang::CastExpr>(given)) return of_value(*given);
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(given)) return of_closure(*lambda);
    if (auto* list = dyn_cast<clang::CXXStdInitializerListExpr>(given))
        return of_place(*list->getSubExpr());
    if (auto* construct = dyn_cast<clang::CXXConstructExpr>(given))
        return of_construct(*construct);
    if (auto* call = dyn_cast<clang::CallExpr>(given)) return of_call_value(*call);
    if (isa<clang::CXXThisExpr>(given)) return {lender{.is_this = true}};
    if (auto* unary = dyn_cast<clang::UnaryOperator>(given))
        return unary->getOpcode() == clang::UO_AddrOf ? of_place(*unary->getSubExpr())
                                                      : lenders();
    if (auto* choice = dyn_cast<clang::ConditionalOperator>(given)) {
        lenders both = of_value(*choice->getTrueExpr());
        append(both, of_value(*choice->getFalseExpr()));
        return both;
    }
    if (auto* list = dyn_cast<clang::InitListExpr>(given)) {
        lenders all;
        for (auto* each : list->inits())
            append(all, each->isGLValue() ? of_place(*each) : of_value(*each));
        return all;
    }
    auto* named = dyn_cast<clang::DeclRefExpr>(given);
    return named != nullptr ? of_named(*named) : lenders();
}

/// The value that was read from a variable.
lenders loans::of_named(const clang::DeclRefExpr& named) {
    if (named.refersToEnclosingVariableOrCapture()) return {};
    auto* variable = variable_of(named.getDecl());
    if (variable == nullptr || !variable->hasLocalStorage()) return {};
    const auto type = variable->getType().getNonReferenceType();
    if (variable->getType()->isReferenceType() && !isa<clang::ParmVarDecl>(variable)) {
        // Of an element that it may name, nobody knows what that refers to.
        auto* other =
            dyn_cast_or_null<clang::DeclRefExpr>(without_casts(variable->getInit()));
        return other != nullptr ? of_named(*other) : lenders();
    }
    auto* record = class_of(type);
    const bool refers = is_view(type) || keeps_loans(type, of_) ||
                        (record != nullptr && record->isLambda());
    if (!refers) return {};
    // For who asks about the function itself: the caller knows.
    if (isa<clang::ParmVarDecl>(variable)) {
        lenders found;
        if (is_view(type)) found.push_back({.variable = variable, .is_read = true});
        return found;
    }
    return of_variable(*variable);
}

lenders loans::of_variable(const clang::VarDecl& variable) {
    lenders found;
    if (auto* initial = variable.getInit())
        found = variable.getType()->isReferenceType() ? of_place(*initial)
                                                      : of_value(*initial);
    for (auto* each : in_.uses(variable)) {
        auto* around = in_.parent(each);
        while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
            around = in_.parent(around);
        auto* assigns = dyn_cast_or_null<clang::CXXOperatorCallExpr>(around);
        if (assigns != nullptr && assigns->isAssignmentOp() &&
            without_casts(assigns->getArg(0)) == each)
            append(found, of_value(*assigns->getArg(1)));
        auto* plain = dyn_cast_or_null<clang::BinaryOperator>(around);
        if (plain != nullptr && plain->getOpcode() == clang::BO_Assign &&
            without_casts(plain->getLHS()) == each)
            append(found, of_value(*plain->getRHS()));
    }
    // What was a temporary of another statement is reported there.
    llvm::erase_if(found, [](const lender& each) { return each.temporary != nullptr; });
    return found;
}

lenders loans::of_closure(const clang::LambdaExpr& lambda) {
    lenders found;
    auto initial = lambda.capture_init_begin();
    for (const auto& capture : lambda.captures()) {
        const clang::Expr* value = *initial++;
        if (capture.capturesThis()) {
            if (capture.getCaptureKind() == clang::LCK_This)
                found.push_back({.is_this = true});
        } else if (capture.getCaptureKind() == clang::LCK_ByRef) {
            append(found, of_place(*value));
        } else if (value != nullptr) {
            append(found, of_value(*value));
        }
    }
    return found;
}

lenders loans::of_construct(const clang::CXXConstructExpr& construct) {
    if (construct.getNumArgs() == 0) return {};
    const clang::Expr& first = *construct.getArg(0);
    if (construct.getConstructor()->isCopyOrMoveConstructor()) return of_value(first);
    lenders found;
    const bool refers = is_view(construct.getType());
    const bool is_wrapper = plain_name(*construct.getConstructor()->getParent()) ==
                            "std::reference_wrapper";
    for (auto* each : construct.arguments()) {
        const bool is_lent = refers && each->isGLValue() && !is_view(each->getType());
        const bool is_buffer = is_lent && !is_wrapper && is_owner(*each, in_);
        append(found, is_buffer ? of_inside(*each)
                      : is_lent ? of_place(*each)
                                : of_value(*each));
    }
    // Other classes copy what they are given.
    const bool keeps = refers || is_future(construct.getType(), of_) ||
                       construct.getConstructor()->isInStdNamespace();
    return keeps ? found : lenders();
}

lenders loans::of_call_value(const clang::CallExpr& call) {
    if (is_move(call)) return of_value(*call.getArg(0));
    // What is read from an element refers to what that was given, and so nobody knows.
    if (call.isGLValue() || name_of(call) == "release" || name_of(call) == "value_or")
        return {};
    if (keeps_loans(call.getType(), of_) || is_coroutine_type(call.getType(), of_))
        return of_future(call);
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return {};
    const bool is_ref = callee->isInStdNamespace() &&
                        callee->getDeclName().isIdentifier() &&
                        (callee->getName() == "ref" || callee->getName() == "cref");
    if (is_ref) return of_place(*call.getArg(0));
    if (!is_view(call.getType())) return {};
    const clang::FunctionDecl* defined = nullptr;
    const bool is_plain = object_of(call) == nullptr && !callee->isInStdNamespace() &&
                          !is_in_coil(*callee) && callee->hasBody(defined);
    lenders found = of_call_place(call);
    if (is_plain && found.empty()) found = by_body(call, *defined);
    return found;
}

lenders loans::of_future(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee != nullptr && (has_mark(*callee, "borrows_nothing") ||
                              callee->hasAttr<clang::CoroDisableLifetimeBoundAttr>()))
        return {};
    const bool is_coroutine = is_coroutine_type(call.getType(), of_);
    // What a user makes of coil's combinators, rather than those.
    const bool is_composed =
        callee != nullptr && is_in_coil(call.getType()) && !is_in_coil(*callee);
    const clang::FunctionDecl* defined = nullptr;
    if ((is_coroutine || is_composed) && callee != nullptr &&
        callee->hasBody(defined) && !isa<clang::CoroutineBodyStmt>(defined->getBody()))
        return by_body(call, *defined);
    return is_coroutine ? of_parameters(call) : of_arguments(call);
}

/// Of a coroutine.
lenders loans::of_parameters(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    auto* type = type_of_callee(call);
    if (type == nullptr) return {};
    lenders found;
    const auto given = given_to(call);
    for (unsigned i = 0; i < type->getNumParams() && i < given.size(); ++i) {
        if (!is_used_later(call, static_cast<int>(i), of_)) continue;
        const bool is_known = callee != nullptr && i < callee->getNumParams();
        auto* parameter = is_known ? callee->getParamDecl(i) : nullptr;
        append(found,
               kept_by(of_argument(*given[i], type->getParamType(i)), parameter));
    }
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(callee);
    auto* object = object_of(call);
    if (method == nullptr || object == nullptr || !is_used_later(call, -1, of_))
        return found;
    const bool has_state =
        !method->getParent()->isLambda() || method->getParent()->capture_size() != 0;
    if (has_state) append(found, kept_by(of_object(*object), method));
    // What a closure on hand refers to, its coroutine refers to.
    if (method->getParent()->isLambda()) append(found, of_value(*object));
    return found;
}

/// Whether a reference to `object` is an argument of the template that `made` is, or of
/// a template of coil's among those: a `filter_stream` of a `range_stream<int(&)[3]>`.
static bool has_reference_to(clang::QualType object, clang::QualType made,
                             const clang::ASTContext& ast, unsigned depth) {
    auto* record = dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
        made->getAsCXXRecordDecl());
    if (record == nullptr || depth > depth_max || (depth > 0 && !is_in_coil(*record)))
        return false;
    const auto is_it = [&](const clang::TemplateArgument& each) {
        if (each.getKind() != clang::TemplateArgument::Type) return false;
        const auto type = each.getAsType();
        return type->isLValueReferenceType()
                   ? ast.hasSameUnqualifiedType(type->getPointeeType(), object)
                   : has_reference_to(object, type, ast, depth + 1);
    };
    return llvm::any_of(record->getTemplateArgs().asArray(), [&](const auto& each) {
        return each.getKind() == clang::TemplateArgument::Pack
                   ? llvm::any_of(each.pack_elements(), is_it)
                   : is_it(each);
    });
}

/// Of a combinator or leaf: what is moved in takes along what it refers to, and what is
/// referred to stands as a reference among the result's template arguments.
lenders loans::of_arguments(const clang::CallExpr& call) {
    lenders found;
    const auto refers_to = [&](const clang::Expr& given) {
        return given.isLValue() &&
               has_reference_to(given.getType(), call.getType(), of_.ast, 0);
    };
    for (auto* each : given_to(call))
        append(found, refers_to(*each) ? of_place(*each) : of_value(*each));
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    auto* object = object_of(call);
    if (method != nullptr && object != nullptr && !method->getParent()->isLambda() &&
        method->getRefQualifier() != clang::RQ_RValue)
        append(found, kept_by(of_object(*object), method));
    return found;
}

lenders loans::seen_by_caller(const given_call& call, const lender& inside) {
    if (inside.is_this && call.made != nullptr)
        return kept_by({*call.made}, inside.kept_by);
    if (inside.is_this && call.object != nullptr)
        return kept_by(of_object(*call.object), inside.kept_by);
    auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(inside.variable);
    if (parameter == nullptr ||
        parameter->getFunctionScopeIndex() >= call.arguments.size())
        return {};
    auto* argument = call.arguments[parameter->getFunctionScopeIndex()];
    return kept_by(inside.is_read ? of_value(*argument)
                                  : of_argument(*argument, parameter->getType()),
                   parameter);
}

given_call given_call::of(const clang::CallExpr& call) {
    return {given_to(call), object_of(call), nullptr};
}

/// Of a plain function: what those futures refer to that it returns.
lenders loans::by_body(const clang::CallExpr& call, const clang::FunctionDecl& callee) {
    if (depth_ > depth_max / 2) return {};
    const body seen(callee, of_.ast);
    lenders found;
    for (auto* each : seen.returns()) {
        loans inside(seen, of_);
        inside.depth_ = depth_ + depth_max / 4;
        for (const auto& lent : inside.of_value(*each))
            append(found, seen_by_caller(given_call::of(call), lent));
    }
    return found;
}

}  // namespace coil_check
