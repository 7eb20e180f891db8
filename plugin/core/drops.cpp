// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/drops.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/Sema/Sema.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

/// Whether the `requires` behind a member of a template is true.
bool is_satisfied(const clang::FunctionDecl& function, const unit& of) {
    if (function.getTrailingRequiresClause() == nullptr) return true;
    if (of.sema == nullptr) return false;
    const clang::Sema::SFINAETrap quiet(*of.sema, true);
    clang::ConstraintSatisfaction answer;
    return !of.sema->CheckFunctionConstraints(&function, answer) && answer.IsSatisfied;
}

bool has_shape_of_drop(const clang::FunctionDecl& function) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    return method != nullptr && method->isInstance() &&
           method->getAccess() == clang::AS_public && !method->isDeleted() &&
           method->getMinRequiredArguments() <= 1 &&
           !method->getReturnType()->isVoidType();
}

const clang::NamedDecl* declared_drop(const clang::CXXRecordDecl& record,
                                      clang::DeclarationName name, const unit& of) {
    for (clang::NamedDecl* each : record.lookup(name)) {
        auto* found = each->getUnderlyingDecl();
        if (auto* made_from = dyn_cast<clang::FunctionTemplateDecl>(found)) {
            if (has_shape_of_drop(*made_from->getTemplatedDecl())) return found;
        } else if (auto* function = dyn_cast<clang::FunctionDecl>(found)) {
            if (has_shape_of_drop(*function) && is_satisfied(*function, of))
                return found;
        }
    }
    return nullptr;
}

}  // namespace

const clang::NamedDecl* async_drop_of(const clang::CXXRecordDecl& record,
                                      const unit& of) {
    auto* defined = record.getDefinition();
    if (defined == nullptr || defined->isDependentContext()) return nullptr;
    const clang::DeclarationName name(&of.ast.Idents.get("async_drop"));
    if (!defined->lookup(name).empty()) return declared_drop(*defined, name, of);
    for (const auto& base : defined->bases()) {
        auto* of_base = base.getType()->getAsCXXRecordDecl();
        auto* found = of_base != nullptr ? async_drop_of(*of_base, of) : nullptr;
        if (found != nullptr) return found;
    }
    return nullptr;
}

namespace {

/// What owns objects of its template arguments, as far as the library looks into it,
/// and a few that it refuses or cannot see.
bool owns_its_arguments(const std::string& name) {
    static const llvm::StringSet<> all = {
        "std::optional",
        "std::expected",
        "std::variant",
        "std::tuple",
        "std::pair",
        "std::array",
        "std::vector",
        "std::deque",
        "std::list",
        "std::forward_list",
        "std::set",
        "std::multiset",
        "std::map",
        "std::multimap",
        "std::unordered_set",
        "std::unordered_multiset",
        "std::unordered_map",
        "std::unordered_multimap",
        "std::queue",
        "std::stack",
        "std::priority_queue",
        "std::unique_ptr",
        "std::shared_ptr",
        "std::promise",
        "std::future",
        "std::shared_future",
        "coil::outcome",
        "coil::owned",
        "coil::race_result",
    };
    return all.contains(name);
}

const clang::CXXRecordDecl* dropped_in(llvm::ArrayRef<clang::TemplateArgument> all,
                                       const unit& of) {
    for (const auto& each : all) {
        const clang::CXXRecordDecl* found = nullptr;
        if (each.getKind() == clang::TemplateArgument::Pack)
            found = dropped_in(each.pack_elements(), of);
        if (each.getKind() == clang::TemplateArgument::Type)
            found = dropped_in(each.getAsType(), of);
        if (found != nullptr) return found;
    }
    return nullptr;
}

}  // namespace

const clang::CXXRecordDecl* dropped_in(clang::QualType type, const unit& of) {
    if (type.isNull() || type->isDependentType()) return nullptr;
    if (auto* array = of.ast.getAsArrayType(type))
        return dropped_in(array->getElementType(), of);
    auto* record = type->getAsCXXRecordDecl();
    if (record == nullptr || record->isLambda()) return nullptr;
    auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
    if (made != nullptr && owns_its_arguments(plain_name(*record)))
        return dropped_in(made->getTemplateArgs().asArray(), of);
    if (is_future(type, of) || is_silent(record, "coil-async-drop")) return nullptr;
    return async_drop_of(*record, of) != nullptr ? record : nullptr;
}

bool may_be_empty(clang::QualType type) {
    static const llvm::StringSet<> full = {"std::tuple", "std::pair", "std::array",
                                           "coil::owned", "coil::race_result"};
    auto* record = type->getAsCXXRecordDecl();
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return owns_its_arguments(name) && !full.contains(name);
}

bool is_made_empty(const clang::Expr* made) {
    made = without_wrappers(made);
    if (made == nullptr) return true;
    if (!may_be_empty(made->getType())) return false;
    if (auto* list = dyn_cast<clang::InitListExpr>(made))
        return list->getNumInits() == 0;
    auto* construct = dyn_cast<clang::CXXConstructExpr>(made);
    if (construct == nullptr) return false;
    if (construct->getNumArgs() == 0) return true;
    auto* first = without_wrappers(construct->getArg(0));
    if (first->getType()->isNullPtrType()) return true;
    auto* record = class_of(first->getType());
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    // Of a move or a copy: from an empty one.
    return name == "std::nullopt_t" || name == "std::monostate" ||
           (record == construct->getType()->getAsCXXRecordDecl() &&
            first->isPRValue() && is_made_empty(first));
}

bool drops_argument(const clang::FunctionDecl& callee, unsigned argument) {
    const std::string name = plain_name(callee);
    if (name == "coil::drop" || name == "coil::with") return true;
    return argument < callee.getNumParams() &&
           has_mark(*callee.getParamDecl(argument), "drops");
}

namespace {

/// What a member or an operator gives a part of: `*x`, `x[1]`, `x.front()`.
const clang::Expr* whole_of(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || call.getNumArgs() == 0) {
        auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call);
        if (member == nullptr || callee == nullptr) return nullptr;
    }
    switch (callee->getOverloadedOperator()) {
        case clang::OO_Star:
        case clang::OO_Arrow:
        case clang::OO_Subscript: return object_of(call);
        case clang::OO_None: break;
        default: return nullptr;
    }
    if (!callee->getDeclName().isIdentifier()) return nullptr;
    if (llvm::isa<clang::CXXMemberCallExpr>(call)) {
        static const llvm::StringSet<> parts = {"value", "front", "back",  "at",
                                                "get",   "top",   "begin", "find",
                                                "end",   "cend"};
        return parts.contains(callee->getName()) ? object_of(call) : nullptr;
    }
    static const llvm::StringSet<> passing = {"move", "forward", "get", "as_const",
                                              "get_if"};
    const bool is_part =
        callee->isInStdNamespace() && passing.contains(callee->getName());
    return is_part ? call.getArg(0) : nullptr;
}

/// `it` of `auto it = all.begin()`: the container that it runs through.
const clang::Expr* container_of(const clang::VarDecl& iterator) {
    auto* record = iterator.getType()->getAsCXXRecordDecl();
    if (record == nullptr || !llvm::StringRef(plain_name(*record)).contains("iter"))
        return nullptr;
    auto* call = dyn_cast_or_null<clang::CXXMemberCallExpr>(
        without_wrappers(iterator.getInit()));
    auto* callee = call != nullptr ? call->getMethodDecl() : nullptr;
    static const llvm::StringSet<> places = {"begin", "rbegin", "end", "rend", "find"};
    const bool is_place = callee != nullptr && callee->getDeclName().isIdentifier() &&
                          places.contains(callee->getName());
    return is_place ? call->getImplicitObjectArgument() : nullptr;
}

/// What a local reference or iterator was made from, or null.
const clang::Expr* origin_of(const clang::ValueDecl& declared) {
    if (auto* binding = dyn_cast<clang::BindingDecl>(&declared)) {
        auto* whole = dyn_cast_or_null<clang::VarDecl>(binding->getDecomposedDecl());
        const bool refers = whole != nullptr && whole->getType()->isReferenceType();
        return refers ? whole->getInit() : nullptr;
    }
    auto* variable = dyn_cast<clang::VarDecl>(&declared);
    if (variable == nullptr || llvm::isa<clang::ParmVarDecl>(variable) ||
        !variable->hasLocalStorage())
        return nullptr;
    if (variable->getType()->isReferenceType()) return variable->getInit();
    return variable->getType()->isPointerType() ? variable->getInit()
                                                : container_of(*variable);
}

}  // namespace

namespace {

bool has_elements(const clang::Expr& expression) {
    auto* record = class_of(expression.getType());
    if (record == nullptr) return false;
    const std::string name = plain_name(*record);
    return is_std_container(name) || is_std_adaptor(name);
}

}  // namespace

named_place place_named(const clang::Expr* expression) {
    const clang::Expr* named = without_wrappers(expression);
    bool is_element = false;
    while (named != nullptr) {
        const clang::Expr* whole = nullptr;
        if (auto* reference = dyn_cast<clang::DeclRefExpr>(named)) {
            auto* origin = origin_of(*reference->getDecl());
            const named_place from = place_named(origin);
            if (from.object == nullptr) return {reference->getDecl(), is_element};
            // An iterator, if not a reference to all of it.
            const bool is_iterator =
                origin != nullptr && has_elements(*origin) &&
                !reference->getDecl()->getType()->isReferenceType();
            return {from.object, is_element || from.is_one_of_several || is_iterator};
        } else if (auto* member = dyn_cast<clang::MemberExpr>(named)) {
            auto* base = without_wrappers(member->getBase());
            if (llvm::isa<clang::CXXThisExpr>(base))
                return {member->getMemberDecl(), is_element};
            whole = base;
        } else if (auto* element = dyn_cast<clang::ArraySubscriptExpr>(named)) {
            whole = element->getBase();
        } else if (auto* unary = dyn_cast<clang::UnaryOperator>(named)) {
            const bool is_pointing = unary->getOpcode() == clang::UO_Deref ||
                                     unary->getOpcode() == clang::UO_AddrOf;
            if (is_pointing) whole = unary->getSubExpr();
        } else if (auto* call = dyn_cast<clang::CallExpr>(named)) {
            whole = whole_of(*call);
            is_element |= whole != nullptr &&
                          llvm::isa<clang::CXXMethodDecl>(call->getDirectCallee()) &&
                          has_elements(*whole);
        }
        named = without_wrappers(whole);
    }
    return {};
}

const clang::ValueDecl* place_of(const clang::Expr* expression) {
    return place_named(expression).object;
}

}  // namespace coil_check
