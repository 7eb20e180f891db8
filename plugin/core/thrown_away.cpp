// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/drops.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/thrown_away.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

const clang::FunctionDecl* function_called_on(clang::QualType callable) {
    auto* record = class_of(callable);
    if (record == nullptr || !record->hasDefinition()) return nullptr;
    const clang::FunctionDecl* only = nullptr;
    for (auto* declared : record->getDefinition()->decls()) {
        const clang::FunctionDecl* found = dyn_cast<clang::CXXMethodDecl>(declared);
        if (auto* generic = dyn_cast<clang::FunctionTemplateDecl>(declared)) {
            found = generic->getTemplatedDecl();
            if (found->getOverloadedOperator() == clang::OO_Call) {
                if (generic->spec_begin() == generic->spec_end()) return nullptr;
                found = *generic->spec_begin();
            }
        }
        if (found == nullptr || found->getOverloadedOperator() != clang::OO_Call)
            continue;
        if (only != nullptr) return nullptr;
        only = found;
    }
    return only;
}

namespace {

/// What a call of it gives; null if that is not clear.
clang::QualType result_of(const clang::Expr& callable) {
    const clang::QualType type = callable.getType().getNonReferenceType();
    const clang::QualType pointee =
        type->isPointerType() ? type->getPointeeType() : type;
    if (auto* function = pointee->getAs<clang::FunctionType>())
        return function->getReturnType();
    auto* called = function_called_on(type);
    return called != nullptr ? called->getReturnType() : clang::QualType();
}

std::optional<futures_for_nobody> given_to(std::string taker,
                                           const clang::Expr& callable,
                                           const unit& of) {
    const clang::QualType gives = result_of(callable);
    if (gives.isNull() || !is_future(gives, of)) return std::nullopt;
    return futures_for_nobody{&callable, gives, std::move(taker)};
}

std::optional<futures_for_nobody> given_to_algorithm(const clang::CallExpr& call,
                                                     const unit& of) {
    static const llvm::StringMap<unsigned> callables = {{"std::for_each", 2},
                                                        {"std::for_each_n", 2}};
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return std::nullopt;
    const std::string name = plain_name(*callee);
    auto place = callables.find(name);
    const unsigned shift = call.getNumArgs() == 4 ? 1 : 0;  // an execution policy
    if (place != callables.end() && place->second + shift < call.getNumArgs()) {
        auto found = given_to(name, *call.getArg(place->second + shift), of);
        if (found) found->is_algorithm = true;
        return found;
    }
    auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
    if (method == nullptr || !isa<clang::CXXOperatorCallExpr>(call) ||
        plain_name(*method->getParent()) != "std::ranges::__for_each_fn")
        return std::nullopt;
    // (range, callable, projection) or (begin, end, callable, projection)
    for (unsigned i = 2; i < call.getNumArgs() && i < 4; ++i) {
        auto found = given_to("std::ranges::for_each", *call.getArg(i), of);
        if (!found) continue;
        found->is_algorithm = true;
        return found;
    }
    return std::nullopt;
}

/// Whether it is a `std::function<void(...)>` or its like.
bool calls_for_nothing(const clang::CXXRecordDecl& record) {
    static const llvm::StringSet<> all = {"std::function", "std::move_only_function",
                                          "std::packaged_task"};
    auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
    if (made == nullptr || !all.contains(plain_name(record))) return false;
    const auto& first = made->getTemplateArgs().get(0);
    auto* called = first.getKind() == clang::TemplateArgument::Type
                       ? first.getAsType()->getAs<clang::FunctionType>()
                       : nullptr;
    return called != nullptr && called->getReturnType()->isVoidType();
}

std::optional<futures_for_nobody> given_to_object(const clang::CXXConstructExpr& made,
                                                  const unit& of) {
    if (made.getNumArgs() == 0) return std::nullopt;
    auto* record = made.getConstructor()->getParent();
    const std::string name = plain_name(*record);
    const bool is_thread = name == "std::thread" || name == "std::jthread";
    if (!is_thread && !calls_for_nothing(*record)) return std::nullopt;
    return given_to(is_thread ? name : text_of(made.getType(), of.ast), *made.getArg(0),
                    of);
}

}  // namespace

std::optional<futures_for_nobody> futures_for_nobody_in(const clang::Stmt& of_this,
                                                        const unit& of) {
    if (auto* call = dyn_cast<clang::CallExpr>(&of_this)) {
        auto* callee = call->getDirectCallee();
        auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(callee);
        const bool is_assigned =
            method != nullptr && method->getOverloadedOperator() == clang::OO_Equal &&
            call->getNumArgs() == 2 && calls_for_nothing(*method->getParent());
        return is_assigned ? given_to(text_of(call->getArg(0)->getType(), of.ast),
                                      *call->getArg(1), of)
                           : given_to_algorithm(*call, of);
    }
    auto* made = dyn_cast<clang::CXXConstructExpr>(&of_this);
    return made != nullptr ? given_to_object(*made, of) : std::nullopt;
}

namespace {

/// Whether a container of the standard's holds what coroutines give.
bool holds_coroutines(clang::QualType type, const unit& of) {
    static const llvm::StringSet<> all = {
        "std::vector",     "std::deque",        "std::list",  "std::forward_list",
        "std::array",      "std::queue",        "std::stack", "std::map",
        "std::multimap",   "std::optional",     "std::pair",  "std::tuple",
        "std::unique_ptr", "std::unordered_map"};
    auto* made =
        llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(class_of(type));
    if (made == nullptr || !all.contains(plain_name(*made))) return false;
    const auto holds = [&](const clang::TemplateArgument& each) {
        return each.getKind() == clang::TemplateArgument::Type &&
               ((is_future(each.getAsType(), of) &&
                 is_coroutine_type(each.getAsType(), of)) ||
                holds_coroutines(each.getAsType(), of));
    };
    return llvm::any_of(made->getTemplateArgs().asArray(),
                        [&](const clang::TemplateArgument& each) {
                            return each.getKind() == clang::TemplateArgument::Pack
                                       ? llvm::any_of(each.pack_elements(), holds)
                                       : holds(each);
                        });
}

/// Whether nobody gets the value of an expression.
bool is_for_nobody(const clang::Expr& whole, const body& in) {
    auto* around = in.parent(&whole);
    while (
        isa_and_nonnull<clang::ParenExpr, clang::FullExpr, clang::CXXBindTemporaryExpr>(
            around))
        around = in.parent(around);
    if (auto* cast = dyn_cast_or_null<clang::ExplicitCastExpr>(around))
        return cast->getType()->isVoidType();
    return around != nullptr &&
           !isa<clang::Expr, clang::DeclStmt, clang::ReturnStmt, clang::CoreturnStmt>(
               around);
}

enum class container_use : unsigned char { fills, asks_nothing, other };

container_use use_of_container(const clang::Expr& named, const body& in) {
    auto* around = in.parent(&named);
    while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
        around = in.parent(around);
    if (auto* cast = dyn_cast_or_null<clang::ExplicitCastExpr>(around))
        return cast->getType()->isVoidType() ? container_use::asks_nothing
                                             : container_use::other;
    auto* member = dyn_cast_or_null<clang::MemberExpr>(around);
    auto* call = member != nullptr
                     ? dyn_cast_or_null<clang::CXXMemberCallExpr>(in.parent(member))
                     : nullptr;
    if (call == nullptr) return container_use::other;
    static const llvm::StringSet<> fillers = {
        "push_back", "emplace_back", "push_front", "emplace_front",
        "push",      "emplace",      "insert",     "try_emplace"};
    static const llvm::StringSet<> quiet = {"reserve", "size",          "empty",
                                            "clear",   "shrink_to_fit", "capacity"};
    const llvm::StringRef name = name_of(*call);
    if (quiet.contains(name)) return container_use::asks_nothing;
    // What these give refers to the element.
    return fillers.contains(name) && is_for_nobody(*call, in) ? container_use::fills
                                                              : container_use::other;
}

/// Whether the container has futures in it from the start.
bool is_made_full(const clang::VarDecl& container) {
    static const llvm::StringSet<> single = {"std::optional", "std::pair", "std::tuple",
                                             "std::unique_ptr"};
    auto* initial = without_wrappers(container.getInit());
    if (initial == nullptr || is_made_empty(initial)) return false;
    // What a vector is made with may be an allocator.
    return !isa<clang::CXXConstructExpr>(initial) ||
           single.contains(plain_name(*class_of(container.getType())));
}

}  // namespace

bool is_never_read(const clang::VarDecl& container, const body& in, const unit& of) {
    // Of a structured binding the parts are used, not the whole.
    if (!holds_coroutines(container.getType(), of) ||
        isa<clang::DecompositionDecl>(container) ||
        container.getType()->isReferenceType())
        return false;
    bool is_filled = is_made_full(container);
    for (auto* each : in.uses(container)) {
        const container_use how = use_of_container(*each, in);
        if (how == container_use::other) return false;
        is_filled |= how == container_use::fills;
    }
    return is_filled;
}

}  // namespace coil_check
