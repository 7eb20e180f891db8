// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
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
                                          "std::reference_wrapper"};
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

/// Owns what its methods give references to: a std::string, a std::vector. Not what
/// shares it.
bool is_owner(const clang::Expr& object) {
    const auto type = without_casts(&object)->getType();  // no base of a std class
    auto* record = class_of(type);
    return record != nullptr && !is_view(type.getNonReferenceType()) &&
           record->isInStdNamespace() && !record->isLambda() &&
           plain_name(*record) != "std::shared_ptr" &&
           plain_name(*record) != "std::weak_ptr";
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

/// Whether a coroutine uses a parameter of its, or its object, when it has waited once.
/// Only that matters of one that begins at once: it may copy before what it needs.
class late_use {
public:
    explicit late_use(const clang::ParmVarDecl* of) : of_(of) {}

    bool is_in(const clang::Stmt* part) {
        if (part == nullptr) return false;
        // What is awaited works with its operand, and a loop may come back to it.
        if (isa<clang::CoroutineSuspendExpr>(part) || (is_loop(*part) && awaits(*part)))
            has_waited_ = true;
        if (has_waited_ && is_use(*part)) return true;
        return llvm::any_of(part->children(),
                            [this](const clang::Stmt* each) { return is_in(each); });
    }

private:
    static bool is_loop(const clang::Stmt& part) {
        return isa<clang::ForStmt, clang::WhileStmt, clang::DoStmt,
                   clang::CXXForRangeStmt>(part);
    }
    static bool awaits(const clang::Stmt& part) {
        return isa<clang::CoroutineSuspendExpr>(part) ||
               llvm::any_of(part.children(), [](const clang::Stmt* each) {
                   return each != nullptr && awaits(*each);
               });
    }
    bool is_use(const clang::Stmt& part) const {
        auto* named = dyn_cast<clang::DeclRefExpr>(&part);
        if (of_ != nullptr) return named != nullptr && named->getDecl() == of_;
        return isa<clang::CXXThisExpr>(part) ||
               (named != nullptr && named->refersToEnclosingVariableOrCapture());
    }

    const clang::ParmVarDecl* of_;  // null: its object, or what a lambda captured
    bool has_waited_ = false;
};

/// Whether what is given for a parameter, or for the object, has to live on when the
/// call has returned.
bool is_used_later(const clang::CallExpr& call, int parameter, const unit& of) {
    if (!begins_at_once(call.getType(), of)) return true;
    const clang::FunctionDecl* defined = nullptr;
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || !callee->hasBody(defined)) return false;  // nobody knows
    auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(defined->getBody());
    const auto index = static_cast<unsigned>(parameter);
    if (coroutine == nullptr || (parameter >= 0 && index >= defined->getNumParams()))
        return false;
    return late_use(parameter < 0 ? nullptr : defined->getParamDecl(index))
        .is_in(coroutine->getBody());
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
        if (reference->refersToEnclosingVariableOrCapture()) return {};
        auto* variable = variable_of(reference->getDecl());
        if (variable == nullptr || !variable->hasLocalStorage()) return {};
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
        if (is_lifetimebound(*callee) || is_owner(*object)) return of_object(*object);
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
    auto* record = class_of(type);
    const bool refers = is_view(type) || is_future(type, of_) ||
                        (record != nullptr && record->isLambda());
    if (!refers) return {};
    // For who asks about the function itself: the caller knows.
    if (isa<clang::ParmVarDecl>(variable)) {
        lenders found;
        const bool is_read = variable->getType()->isReferenceType();
        if (is_view(type)) found.push_back({.variable = variable, .is_read = is_read});
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
    for (auto* each : construct.arguments()) {
        const bool is_lent = refers && each->isGLValue() && !is_view(each->getType());
        append(found, is_lent ? of_place(*each) : of_value(*each));
    }
    // Other classes copy what they are given.
    const bool keeps = refers || is_future(construct.getType(), of_) ||
                       construct.getConstructor()->isInStdNamespace();
    return keeps ? found : lenders();
}

lenders loans::of_call_value(const clang::CallExpr& call) {
    if (is_move(call)) return of_value(*call.getArg(0));
    if (is_future(call, of_) || is_coroutine_type(call.getType(), of_))
        return call.isPRValue() ? of_future(call) : lenders();
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return {};
    const bool is_ref = callee->isInStdNamespace() &&
                        callee->getDeclName().isIdentifier() &&
                        (callee->getName() == "ref" || callee->getName() == "cref");
    if (is_ref) return of_place(*call.getArg(0));
    return is_view(call.getType()) ? of_call_place(call) : lenders();
}

lenders loans::of_future(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee != nullptr && (has_mark(*callee, "borrows_nothing") ||
                              callee->hasAttr<clang::CoroDisableLifetimeBoundAttr>()))
        return {};
    if (!is_coroutine_type(call.getType(), of_)) return of_arguments(call);
    const clang::FunctionDecl* defined = nullptr;
    if (callee != nullptr && callee->hasBody(defined) &&
        !isa<clang::CoroutineBodyStmt>(defined->getBody()))
        return by_body(call, *defined);
    return of_parameters(call);
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

/// Of a combinator or leaf: what is moved in takes along what it refers to, and what is
/// referred to stands as a reference among the result's template arguments.
lenders loans::of_arguments(const clang::CallExpr& call) {
    lenders found;
    auto* made = dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
        call.getType()->getAsCXXRecordDecl());
    const auto refers_to = [&](clang::QualType type) {
        if (made == nullptr) return false;
        const auto is_it = [&](const clang::TemplateArgument& each) {
            return each.getKind() == clang::TemplateArgument::Type &&
                   each.getAsType()->isLValueReferenceType() &&
                   of_.ast.hasSameUnqualifiedType(each.getAsType()->getPointeeType(),
                                                  type);
        };
        return llvm::any_of(made->getTemplateArgs().asArray(), [&](const auto& each) {
            return each.getKind() == clang::TemplateArgument::Pack
                       ? llvm::any_of(each.pack_elements(), is_it)
                       : is_it(each);
        });
    };
    for (auto* each : given_to(call))
        append(found, each->isLValue() && refers_to(each->getType()) ? of_place(*each)
                                                                     : of_value(*each));
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    auto* object = object_of(call);
    if (method != nullptr && object != nullptr && !method->getParent()->isLambda() &&
        method->getRefQualifier() != clang::RQ_RValue)
        append(found, kept_by(of_object(*object), method));
    return found;
}

/// Of a plain function: what those futures refer to that it returns.
lenders loans::by_body(const clang::CallExpr& call, const clang::FunctionDecl& callee) {
    if (depth_ > depth_max / 2) return {};
    const body seen(callee, of_.ast);
    lenders found;
    for (auto* each : seen.returns()) {
        loans inside(seen, of_);
        inside.depth_ = depth_ + depth_max / 4;
        for (const auto& lent : inside.of_value(*each)) {
            auto* object = object_of(call);
            auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(lent.variable);
            if (lent.is_this && object != nullptr) {
                append(found, kept_by(of_object(*object), lent.kept_by));
            } else if (parameter != nullptr &&
                       parameter->getFunctionScopeIndex() < given_to(call).size()) {
                auto& given = *given_to(call)[parameter->getFunctionScopeIndex()];
                append(found,
                       kept_by(lent.is_read ? of_value(given)
                                            : of_argument(given, parameter->getType()),
                               parameter));
            }
        }
    }
    return found;
}

}  // namespace coil_check
