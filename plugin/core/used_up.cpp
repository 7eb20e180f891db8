// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/used_up.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;
using llvm::isa_and_nonnull;

namespace {

/// They call what they are given once for each item, or for each of a range.
bool calls_for_each(const clang::CallExpr& call) {
    static const llvm::StringSet<> all = {
        "coil::map",       "coil::filter",   "coil::for_each", "std::for_each",
        "std::for_each_n", "std::transform", "std::generate",  "std::generate_n"};
    auto* callee = call.getDirectCallee();
    return callee != nullptr && all.contains(plain_name(*callee));
}

/// The variable of which a lambda moves its own copy away.
const clang::VarDecl* copy_moved_by(const clang::CallExpr& move,
                                    const clang::LambdaExpr& lambda) {
    if (!is_move(move) || name_of(move) != "move") return nullptr;
    auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(move.getArg(0)));
    auto* variable =
        named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
    auto* record = variable != nullptr ? class_of(variable->getType()) : nullptr;
    if (record == nullptr || !named->refersToEnclosingVariableOrCapture() ||
        !record->hasDefinition() || !record->hasNonTrivialMoveConstructor())
        return nullptr;
    const bool is_copied = llvm::any_of(lambda.captures(), [&](const auto& each) {
        return each.capturesVariable() && each.getCapturedVar() == variable &&
               each.getCaptureKind() == clang::LCK_ByCopy;
    });
    return is_copied ? variable : nullptr;
}

const clang::Stmt* around(const clang::Stmt& part, const body& in) {
    auto* found = in.parent(&part);
    while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(found))
        found = in.parent(found);
    return found;
}

/// Whether what is moved ends up in a parameter or an object of another's.
bool is_taken(const clang::CallExpr& move, const body& in) {
    auto* taker = around(move, in);
    if (auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(taker))
        return made->getConstructor()->isMoveConstructor();
    auto* call = dyn_cast_or_null<clang::CallExpr>(taker);
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    if (callee == nullptr || callee->isInStdNamespace()) return false;
    for (unsigned i = 0; i < callee->getNumParams(); ++i) {
        auto* argument = i < call->getNumArgs() ? call->getArg(i) : nullptr;
        if (argument != nullptr && without_casts(argument) == &move)
            return callee->getParamDecl(i)->getType()->isRValueReferenceType();
    }
    return false;
}

bool is_in_branch(const clang::Stmt& part, const body& in) {
    for (auto* each = in.parent(&part); each != nullptr; each = in.parent(each)) {
        auto* operation = dyn_cast<clang::BinaryOperator>(each);
        const bool is_choice = isa<clang::ConditionalOperator>(each) ||
                               (operation != nullptr && operation->isLogicalOp());
        const bool is_plain =
            isa<clang::Expr, clang::CompoundStmt, clang::ReturnStmt,
                clang::CoreturnStmt, clang::DeclStmt, clang::CoroutineBodyStmt>(each);
        if (is_choice || !is_plain) return true;
    }
    return false;
}

/// Whether each call comes by: it stands in no branch and behind no way out.
bool is_done_always(const clang::Stmt& part, const body& in) {
    return !is_in_branch(part, in) &&
           llvm::none_of(in.statements(), [&](const clang::Stmt* each) {
               return isa<clang::ReturnStmt, clang::CoreturnStmt, clang::CXXThrowExpr>(
                          each) &&
                      is_in_branch(*each, in);
           });
}

struct used_up {
    const clang::VarDecl* captured = nullptr;
    const clang::CallExpr* move = nullptr;
};

used_up used_up_in(const clang::FunctionDecl& inside, const clang::LambdaExpr& lambda,
                   clang::ASTContext& ast) {
    if (!inside.hasBody()) return {};
    const body in(inside, ast);
    for (auto* call : in.calls()) {
        auto* captured = copy_moved_by(*call, lambda);
        if (captured != nullptr && in.uses(*captured).size() == 1 &&
            is_taken(*call, in) && is_done_always(*call, in))
            return {captured, call};
    }
    return {};
}

used_up used_up_by(const clang::LambdaExpr& lambda, clang::ASTContext& ast) {
    if (!lambda.isMutable()) return {};
    auto* closure = lambda.getLambdaClass();
    auto* generic = closure->getDependentLambdaCallOperator();
    if (generic == nullptr)
        return used_up_in(*closure->getLambdaCallOperator(), lambda, ast);
    for (auto* inside : generic->specializations())
        if (const auto found = used_up_in(*inside, lambda, ast);
            found.captured != nullptr)
            return found;
    return {};
}

const clang::LambdaExpr* lambda_of(const clang::Expr* expression) {
    return expression != nullptr
               ? dyn_cast<clang::LambdaExpr>(without_wrappers(expression))
               : nullptr;
}

/// The closures of a function, and which of them have been called.
class closures {
public:
    closures(const body& in, report& to) : in_(in), to_(to) {
        for (auto* each : in.locals()) {
            auto* lambda = each->getType()->isReferenceType()
                               ? nullptr
                               : lambda_of(each->getInit());
            const auto found =
                lambda != nullptr ? used_up_by(*lambda, in.ast()) : used_up();
            if (found.captured == nullptr) continue;
            indices_[each] = static_cast<unsigned>(all_.size());
            all_.push_back(found);
        }
    }

    void check() {
        for (auto* call : in_.calls())
            if (calls_for_each(*call))
                for (auto* each : call->arguments()) check_given(*each, *call);
        if (all_.empty() || in_.control() == nullptr) return;
        const flow& control = *in_.control();
        const auto begins =
            control.forward(static_cast<unsigned>(all_.size()), flow::meet::any,
                            [this](const auto& element, flow::facts& called) {
                                apply(element, called);
                            });
        for (const clang::CFGBlock* block : control.graph()) {
            flow::facts called = begins[block->getBlockID()];
            for (const auto& element : *block) {
                const int index = called_by(element);
                if (index >= 0 && called[static_cast<unsigned>(index)])
                    say(all_[static_cast<std::size_t>(index)],
                        *element.castAs<clang::CFGStmt>().getStmt(),
                        "this calls the lambda again, which has used up ");
                apply(element, called);
            }
        }
    }

private:
    void check_given(const clang::Expr& argument, const clang::CallExpr& to) {
        if (auto* lambda = lambda_of(&argument)) {
            const auto found = used_up_by(*lambda, in_.ast());
            if (found.captured != nullptr) say_given(found, argument, to);
            return;
        }
        auto* given = without_wrappers(&argument);
        auto* copies = dyn_cast<clang::CXXConstructExpr>(given);
        if (copies != nullptr && copies->getNumArgs() == 1) given = copies->getArg(0);
        auto* local = local_named_by(given);
        const auto known = indices_.find(local);
        if (local != nullptr && known != indices_.end())
            say_given(all_[known->second], argument, to);
    }
    void say_given(const used_up& found, const clang::Expr& at,
                   const clang::CallExpr& taker) {
        say(found, at,
            "'" + name_of(taker).str() +
                "' calls this lambda for each item, and the first call uses up ");
    }
    int called_by(const clang::CFGElement& element) const {
        const auto statement = element.getAs<clang::CFGStmt>();
        auto* call = statement
                         ? dyn_cast<clang::CXXOperatorCallExpr>(statement->getStmt())
                         : nullptr;
        if (call == nullptr || call->getOperator() != clang::OO_Call) return -1;
        auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(call->getArg(0)));
        auto* closure =
            named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
        const auto known = indices_.find(closure);
        return known == indices_.end() ? -1 : static_cast<int>(known->second);
    }
    void apply(const clang::CFGElement& element, flow::facts& called) const {
        if (const int index = called_by(element); index >= 0)
            called.set(static_cast<unsigned>(index));
        const auto statement = element.getAs<clang::CFGStmt>();
        auto* declares =
            statement ? dyn_cast<clang::DeclStmt>(statement->getStmt()) : nullptr;
        if (declares == nullptr) return;
        for (auto* each : declares->decls()) {
            const auto known = indices_.find(dyn_cast<clang::VarDecl>(each));
            if (known != indices_.end()) called.reset(known->second);
        }
    }
    void say(const used_up& found, const clang::Stmt& at, const std::string& text) {
        const std::string name = "'" + found.captured->getNameAsString() + "'";
        to_.add({.at = llvm::cast<clang::Expr>(at).getExprLoc(),
                 .text = text + name,
                 .notes = {{found.move->getExprLoc(),
                            "what it has captured is moved away here"}},
                 .mend = "give a copy away, or make what is given in each call",
                 .statement = &at});
    }

    const body& in_;
    report& to_;
    llvm::SmallVector<used_up, 2> all_;
    llvm::DenseMap<const clang::VarDecl*, unsigned> indices_;
};

}  // namespace

void check_used_up_closures(const body& in, report& to) {
    closures(in, to).check();
}

}  // namespace coil_check
