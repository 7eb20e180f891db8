// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/returned_closures.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// Whether a closure is a coroutine, or gives what one does.
bool gives_futures(const clang::CXXRecordDecl& closure, const unit& of) {
    const clang::FunctionDecl* operation = closure.getLambdaCallOperator();
    if (operation == nullptr) return false;
    return keeps_loans(operation->getReturnType(), of) ||
           isa_and_nonnull<clang::CoroutineBodyStmt>(operation->getBody());
}

/// `std::function<task<>()>`.
bool is_function_for_futures(const clang::CXXRecordDecl& record, const unit& of) {
    const std::string name = plain_name(record);
    auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(&record);
    if ((name != "std::function" && name != "std::move_only_function") ||
        made == nullptr || made->getTemplateArgs().size() == 0 ||
        made->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Type)
        return false;
    auto* signature =
        made->getTemplateArgs()[0].getAsType()->getAs<clang::FunctionType>();
    return signature != nullptr && keeps_loans(signature->getReturnType(), of);
}

bool is_callable_for_futures(clang::QualType type, const unit& of) {
    auto* record = type->isReferenceType() ? nullptr : class_of(type);
    if (record == nullptr) return false;
    return record->isLambda() ? gives_futures(*record, of)
                              : is_function_for_futures(*record, of);
}

/// The local that an expression names, if that is an object of the function's own.
const clang::VarDecl* own_named_by(const clang::Expr& expression) {
    auto* named = dyn_cast<clang::DeclRefExpr>(&expression);
    auto* local = named != nullptr ? variable_of(named->getDecl()) : nullptr;
    const bool is_own = local != nullptr && local->hasLocalStorage() &&
                        !named->refersToEnclosingVariableOrCapture() &&
                        !local->getType()->isReferenceType() &&
                        !isa<clang::ParmVarDecl>(local);
    return is_own ? local : nullptr;
}

/// The callables that a value is or was made from: of a struct, member by member.
void find_callables(const clang::Expr& value, const unit& of,
                    llvm::SmallVectorImpl<const clang::Expr*>& found) {
    auto* given = without_wrappers(&value);
    const bool is_callable = is_callable_for_futures(given->getType(), of);
    if (auto* made = dyn_cast<clang::CXXConstructExpr>(given)) {
        const bool is_copy = made->getConstructor()->isCopyOrMoveConstructor();
        if (made->getNumArgs() == 1 && (is_copy || is_callable))
            find_callables(*made->getArg(0), of, found);
        return;
    }
    if (auto* list = dyn_cast<clang::InitListExpr>(given)) {
        if (list->getType()->isRecordType())
            for (auto* each : list->inits()) find_callables(*each, of, found);
        return;
    }
    if (is_callable) found.push_back(given);
    auto* local = own_named_by(*given);
    auto* initial = local != nullptr ? local->getInit() : nullptr;
    if (initial != nullptr &&
        (isa<clang::InitListExpr>(without_wrappers(initial)) ||
         (is_callable && !class_of(given->getType())->isLambda())))
        find_callables(*initial, of, found);
}

/// What a callable refers to that ends with the function.
lenders lent_to(const clang::Expr& callable, loans& known) {
    auto* local = own_named_by(callable);
    lenders found = local != nullptr                    ? known.of_variable(*local)
                    : isa<clang::DeclRefExpr>(callable) ? lenders()
                                                        : known.of_value(callable);
    llvm::erase_if(found, [](const lender& each) {
        if (!each.is_own() || each.variable == nullptr) return true;
        // The caller may have a shared_ptr of its own.
        auto* record = class_of(each.variable->getType());
        return each.inside > 0 && record != nullptr &&
               plain_name(*record) == "std::shared_ptr";
    });
    return found;
}

}  // namespace

void check_returned_closures(const body& in, report& to) {
    loans known(in, to.of());
    for (auto* value : in.returns()) {
        llvm::SmallVector<const clang::Expr*, 2> callables;
        find_callables(*value, to.of(), callables);
        for (auto* callable : callables) {
            for (const auto& each : lent_to(*callable, known)) {
                const auto name = each.variable->getName();
                const std::string text =
                    name.empty() ? "what is bound here" : "'" + name.str() + "'";
                to.add({.at = value->getExprLoc(),
                        .text = "the lambda that is returned refers to " + text +
                                ", which is gone when the function is left",
                        .notes = {{each.variable->getLocation(),
                                   text + " is declared here"}},
                        .mend = "capture it by value, or have the caller lend it",
                        .statement = value});
            }
        }
    }
}

}  // namespace coil_check
