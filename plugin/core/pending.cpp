// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/liveness.hpp>
#include <plugin/core/pending.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/Expr.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// Of the parts of one expression, whether `part` may be evaluated before `other`.
bool is_ordered_before(const clang::Expr& whole, const clang::Stmt& part,
                       const clang::Stmt& other) {
    if (auto* binary = dyn_cast<clang::BinaryOperator>(&whole)) {
        if (binary->isAssignmentOp()) return binary->getRHS() == &part;
        const bool is_left_first = binary->isLogicalOp() || binary->isCommaOp() ||
                                   binary->isShiftOp() || binary->isPtrMemOp();
        return !is_left_first || binary->getLHS() == &part;
    }
    if (auto* choice = dyn_cast<clang::AbstractConditionalOperator>(&whole))
        return choice->getCond() == &part;
    if (auto* call = dyn_cast<clang::CXXOperatorCallExpr>(&whole)) {
        if (call->getNumArgs() != 2) return true;
        if (call->isAssignmentOp()) return call->getArg(1) == &part;
        const auto op = call->getOperator();
        const bool is_left_first = op == clang::OO_LessLess ||
                                   op == clang::OO_GreaterGreater ||
                                   op == clang::OO_Comma || op == clang::OO_Subscript;
        return !is_left_first || call->getArg(0) == &part;
    }
    auto* construct = dyn_cast<clang::CXXConstructExpr>(&whole);
    if (isa<clang::InitListExpr>(whole) ||
        (construct != nullptr && construct->isListInitialization())) {
        for (auto* each : whole.children()) {
            if (each == &part) return true;
            if (each == &other) return false;
        }
    }
    auto* call = dyn_cast<clang::CallExpr>(&whole);
    return call == nullptr || call->getCallee() != &other;
}

}  // namespace

bool may_precede(const clang::Expr& part, const clang::Stmt& suspension,
                 const body& in) {
    const fork at = fork_of(part, suspension, in);
    if (at.at == nullptr || at.to_first == nullptr) return false;
    if (at.to_second == nullptr) return true;  // it is in what is awaited
    auto* whole = dyn_cast<clang::Expr>(at.at);
    return whole != nullptr && is_ordered_before(*whole, *at.to_first, *at.to_second);
}

const clang::MaterializeTemporaryExpr* extended_by(const clang::VarDecl& variable) {
    if (!variable.getType()->isReferenceType() || variable.getInit() == nullptr)
        return nullptr;
    const clang::Expr* initial = variable.getInit();
    if (auto* full = dyn_cast<clang::FullExpr>(initial)) initial = full->getSubExpr();
    auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(without_casts(initial));
    return made != nullptr && made->getExtendingDecl() != nullptr ? made : nullptr;
}

namespace {

/// Whether it becomes a variable, and is no temporary: as its initial value, or because
/// a reference keeps it alive.
bool becomes_variable(const clang::Expr& temporary, const body& in) {
    const clang::Stmt* part = &temporary;
    for (auto* whole = in.parent(part); whole != nullptr;
         part = std::exchange(whole, in.parent(whole))) {
        if (isa<clang::DeclStmt>(whole)) {
            return in.initialized_by(*llvm::cast<clang::Expr>(part)) != nullptr;
        }
        auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(whole);
        if (made != nullptr) return made->getExtendingDecl() != nullptr;
        if (!isa<clang::FullExpr, clang::ParenExpr, clang::ImplicitCastExpr,
                 clang::CXXFunctionalCastExpr>(whole))
            return false;
    }
    return false;
}

/// Collects the operands that wait for one suspension.
class operand_collector {
public:
    operand_collector(const clang::CoroutineSuspendExpr& suspension, const body& in,
                      pending& into)
        : suspension_(suspension),
          in_(in),
          into_(into) {}

    void collect() {
        const clang::Stmt* part = &suspension_;
        for (auto* whole = in_.parent(part); whole != nullptr;
             part = std::exchange(whole, in_.parent(whole))) {
            auto* expression = dyn_cast<clang::Expr>(whole);
            if (expression != nullptr) {
                add_parts(*expression, *part);
            } else if (!is_in_expression(*whole)) {
                return;
            }
        }
    }

private:
    /// In a `({ ... })`.
    bool is_in_expression(const clang::Stmt& statement) const {
        const clang::Stmt* around = &statement;
        while (around != nullptr && !isa<clang::Expr>(around))
            around = in_.parent(around);
        return around != nullptr;
    }
    void add_parts(const clang::Expr& whole, const clang::Stmt& awaits) {
        if (isa<clang::AbstractConditionalOperator, clang::LambdaExpr>(whole)) return;
        if (auto* binary = dyn_cast<clang::BinaryOperator>(&whole))
            if (binary->isLogicalOp() || binary->isCommaOp()) return;
        auto* call = dyn_cast<clang::CallExpr>(&whole);
        for (auto* child : whole.children()) {
            auto* part = dyn_cast_or_null<clang::Expr>(child);
            if (part == nullptr || part == &awaits) continue;
            if (call != nullptr && call->getCallee() == part) {
                auto* member = dyn_cast<clang::MemberExpr>(without_wrappers(part));
                if (member != nullptr) add(*member->getBase());
            } else if (is_ordered_before(whole, *part, awaits)) {
                add(*part);
            }
        }
    }
    void add(const clang::Expr& part) {
        const clang::Expr* inner = without_casts(&part);
        // One with a destructor is among the temporaries.
        if (auto* made = dyn_cast<clang::MaterializeTemporaryExpr>(inner))
            inner = without_casts(made->getSubExpr());
        const bool is_temporary = isa<clang::CXXBindTemporaryExpr>(inner);
        auto* local = local_named_by(&part);
        if (local != nullptr && part.isGLValue()) {
            into_.variables.push_back(local);
        } else if (!is_temporary) {
            into_.operands.push_back(&part);
        }
    }

    const clang::CoroutineSuspendExpr& suspension_;
    const body& in_;
    pending& into_;
};

}  // namespace

/// Whether a call that gives a future takes all of it over: `race(make(), ...)`.
static bool is_moved_on(const clang::Expr& temporary, const body& in, const unit& of) {
    if (!is_empty_when_moved(temporary.getType())) return false;
    const clang::Stmt* part = &temporary;
    auto* whole = in.parent(part);
    while (isa_and_nonnull<clang::MaterializeTemporaryExpr, clang::ImplicitCastExpr>(
        whole))
        part = std::exchange(whole, in.parent(whole));
    auto* call = dyn_cast_or_null<clang::CallExpr>(whole);
    return call != nullptr && is_future(*call, of) &&
           llvm::is_contained(call->arguments(), part);
}

pending pending_at(const clang::CoroutineSuspendExpr& suspension, const body& in,
                   const unit& of) {
    pending found;
    for (auto* each : in.temporaries())
        if (!becomes_variable(*each, in) && may_precede(*each, suspension, in) &&
            !is_moved_on(*each, in, of))
            found.temporaries.push_back(each);
    operand_collector(suspension, in, found).collect();
    return found;
}

}  // namespace coil_check
