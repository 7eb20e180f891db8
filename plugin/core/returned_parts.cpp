// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/returned_parts.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

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

/// Finds the callables, futures and streams that a value was made from, and holds.
class parts_of_value {
public:
    parts_of_value(const clang::Expr& returned, const body& in, const unit& of)
        : returned_(returned),
          in_(in),
          of_(of) {}

    llvm::SmallVector<const clang::Expr*, 2> found;

    void look(const clang::Expr& value, bool is_part) {
        auto* given = without_wrappers(&value);
        const auto type = given->getType();
        const bool is_callable = is_callable_for_futures(type, of_);
        if (auto* made = dyn_cast<clang::CXXConstructExpr>(given)) {
            const bool hands_on = made->getConstructor()->isCopyOrMoveConstructor() ||
                                  is_callable || holds_keepers(type, of_);
            if (made->getNumArgs() == 1 && hands_on)
                look(*made->getArg(0), is_part || !is_copy(*made));
        } else if (auto* list = dyn_cast<clang::InitListExpr>(given)) {
            if (!list->getType()->isRecordType()) return;
            for (auto* each : list->inits()) look(*each, true);
        } else if (is_callable || (is_part && keeps_loans(type, of_))) {
            found.push_back(given);
        }
        if (auto* local = own_named_by(*given)) look_at_local(*local);
        auto* call = dyn_cast<clang::CallExpr>(given);
        if (call != nullptr && holds_keepers(type, of_) && is_of_std(*call))
            for (auto* each : call->arguments()) look(*each, true);
    }

private:
    static bool is_copy(const clang::CXXConstructExpr& made) {
        return made.getConstructor()->isCopyOrMoveConstructor();
    }
    /// `std::make_unique`, `std::move`, ...
    static bool is_of_std(const clang::CallExpr& call) {
        auto* callee = call.getDirectCallee();
        return callee != nullptr && callee->isInStdNamespace();
    }
    void look_at_local(const clang::VarDecl& local) {
        auto* initial = local.getInit();
        const auto type = local.getType();
        const bool is_erased =
            is_callable_for_futures(type, of_) && !class_of(type)->isLambda();
        const bool holds = holds_keepers(type, of_);
        if (initial != nullptr &&
            (is_erased || holds || isa<clang::InitListExpr>(without_wrappers(initial))))
            look(*initial, true);
        if (holds)
            for (auto* each : in_.uses(local)) look_at_filling(*each);
    }
    /// `all.push_back(...)`
    void look_at_filling(const clang::Expr& use) {
        auto* member = dyn_cast_or_null<clang::MemberExpr>(in_.parent(&use));
        auto* call =
            member != nullptr
                ? dyn_cast_or_null<clang::CXXMemberCallExpr>(in_.parent(member))
                : nullptr;
        const auto& sources = in_.ast().getSourceManager();
        if (call == nullptr || !sources.isBeforeInTranslationUnit(
                                   call->getExprLoc(), returned_.getExprLoc()))
            return;
        const auto name = name_of(*call);
        if (name != "push_back" && name != "emplace_back" && name != "emplace") return;
        for (auto* each : call->arguments()) look(*each, true);
    }

    const clang::Expr& returned_;
    const body& in_;
    const unit& of_;
};

/// What a part refers to that ends with the function.
lenders lent_to(const clang::Expr& part, loans& known) {
    auto* local = own_named_by(part);
    lenders found = local != nullptr                ? known.of_variable(*local)
                    : isa<clang::DeclRefExpr>(part) ? lenders()
                                                    : known.of_value(part);
    const bool is_lambda = isa<clang::LambdaExpr>(part);
    llvm::erase_if(found, [is_lambda](const lender& each) {
        if (!each.is_own()) return true;
        if (each.variable == nullptr) return each.temporary == nullptr || !is_lambda;
        // The caller may have a shared_ptr of its own.
        return each.inside > 0 && is_shared_pointer(each.variable->getType());
    });
    return found;
}

std::string text_of(const lender& lent) {
    if (lent.variable == nullptr) return "a temporary";
    const auto name = lent.variable->getName();
    return name.empty() ? "what is bound here" : "'" + name.str() + "'";
}

}  // namespace

void check_returned_parts(const body& in, report& to) {
    loans known(in, to.of());
    for (auto* value : in.returns()) {
        parts_of_value parts(*value, in, to.of());
        parts.look(*value, false);
        for (auto* part : parts.found) {
            const bool is_closure = is_callable_for_futures(part->getType(), to.of());
            for (const auto& each : lent_to(*part, known)) {
                const std::string text = text_of(each);
                to.add(
                    {.at = value->getExprLoc(),
                     .text = (is_closure ? "the lambda that is returned refers to "
                                         : "a part of what is returned refers to ") +
                             text + ", which is gone when the function is left",
                     .notes = {{each.variable != nullptr ? each.variable->getLocation()
                                                         : each.temporary->getExprLoc(),
                                text + (each.variable != nullptr ? " is declared here"
                                                                 : " is made here")}},
                     .mend = is_closure
                                 ? "capture it by value, or have the caller lend it"
                                 : "give it by value, or have the caller lend it",
                     .statement = value});
            }
        }
    }
}

}  // namespace coil_check
