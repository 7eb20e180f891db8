// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/overlap.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

/// Where a captured copy is set, and read again behind an await.
struct clobbered {
    const clang::VarDecl* captured = nullptr;
    const clang::Expr* read = nullptr;
};

/// Looks into the body of a closure, at one of its copies.
class copy_in_body {
public:
    copy_in_body(const body& in, const clang::VarDecl& captured)
        : in_(in),
          captured_(captured) {}

    clobbered find() const {
        auto* control = in_.control();
        if (control == nullptr || is_asked()) return {};
        const auto begins = control->forward(
            facts, flow::meet::any, [&](const auto& element, flow::facts& now) {
                apply(element, *control, now);
            });
        clobbered found;
        for (const clang::CFGBlock* block : control->graph()) {
            flow::facts now = begins[block->getBlockID()];
            for (const auto& element : *block) {
                if (now[is_set] && now[has_waited]) note_read(element, found);
                apply(element, *control, now);
            }
        }
        if (found.read != nullptr) found.captured = &captured_;
        return found;
    }

private:
    enum fact : unsigned char { is_set, has_waited, facts };

    const clang::Expr* named_in(const clang::Stmt* statement) const {
        auto* named = dyn_cast_or_null<clang::DeclRefExpr>(statement);
        return named != nullptr && named->getDecl() == &captured_ &&
                       named->refersToEnclosingVariableOrCapture()
                   ? named
                   : nullptr;
    }
    /// `x = ...`, `x.clear()`: what was there before does not matter.
    bool sets(const clang::Stmt* statement) const {
        if (auto* plain = dyn_cast_or_null<clang::BinaryOperator>(statement))
            return plain->getOpcode() == clang::BO_Assign &&
                   named_in(without_casts(plain->getLHS())) != nullptr;
        auto* call = dyn_cast_or_null<clang::CallExpr>(statement);
        if (call == nullptr) return false;
        auto* object = object_of(*call);
        if (object == nullptr || named_in(without_casts(object)) == nullptr)
            return false;
        auto* operation = dyn_cast<clang::CXXOperatorCallExpr>(call);
        if (operation != nullptr) return operation->getOperator() == clang::OO_Equal;
        const auto name = name_of(*call);
        return name == "clear" || name == "reset" || name == "assign";
    }
    /// What `named` stands in, up to an assignment or a call on it.
    bool is_of_setting(const clang::Expr& named) const {
        const clang::Stmt* around = in_.parent(&named);
        while (llvm::isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr,
                                     clang::MemberExpr>(around))
            around = in_.parent(around);
        return sets(around) || isa<clang::LambdaExpr>(around);
    }
    /// Whether a condition asks for it: it may be what keeps two calls apart.
    bool is_asked() const {
        return llvm::any_of(in_.uses(captured_), [&](const clang::Expr* use) {
            const clang::Stmt* part = use;
            for (auto* around = in_.parent(use); around != nullptr;
                 part = around, around = in_.parent(around)) {
                if (auto* branch = dyn_cast<clang::IfStmt>(around))
                    if (branch->getCond() == part) return true;
                if (auto* loop = dyn_cast<clang::WhileStmt>(around))
                    if (loop->getCond() == part) return true;
                if (isa<clang::ForStmt, clang::DoStmt, clang::SwitchStmt,
                        clang::ConditionalOperator>(around))
                    return true;
            }
            return false;
        });
    }
    void apply(const clang::CFGElement& element, const flow& control,
               flow::facts& now) const {
        if (control.suspension_at(element) != nullptr && now[is_set])
            now.set(has_waited);
        const auto statement = element.getAs<clang::CFGStmt>();
        if (!statement || !sets(statement->getStmt())) return;
        now.set(is_set);
        now.reset(has_waited);
    }
    void note_read(const clang::CFGElement& element, clobbered& found) const {
        const auto statement = element.getAs<clang::CFGStmt>();
        auto* named = statement ? named_in(statement->getStmt()) : nullptr;
        if (named != nullptr && found.read == nullptr && !is_of_setting(*named))
            found.read = named;
    }

    const body& in_;
    const clang::VarDecl& captured_;
};

/// Of a local variable that is a closure which changes its own copies.
clobbered clobbered_by(const clang::VarDecl& closure, clang::ASTContext& ast) {
    auto* initial = closure.getInit();
    auto* lambda = dyn_cast_or_null<clang::LambdaExpr>(
        initial != nullptr ? without_wrappers(initial) : nullptr);
    if (lambda == nullptr || !lambda->isMutable() || lambda->isGenericLambda() ||
        closure.getType()->isReferenceType())
        return {};
    const body in(*lambda->getCallOperator(), ast);
    if (!in.is_coroutine()) return {};
    for (const auto& capture : lambda->captures()) {
        auto* captured =
            capture.capturesVariable() && capture.getCaptureKind() == clang::LCK_ByCopy
                ? dyn_cast<clang::VarDecl>(capture.getCapturedVar())
                : nullptr;
        if (captured == nullptr) continue;
        if (const auto found = copy_in_body(in, *captured).find();
            found.captured != nullptr)
            return found;
    }
    return {};
}

/// The closure that an expression calls to make a future, if it has a name.
const clang::VarDecl* closure_called_by(const clang::Expr& work) {
    auto* call = dyn_cast<clang::CXXOperatorCallExpr>(without_wrappers(&work));
    if (call == nullptr || call->getOperator() != clang::OO_Call) return nullptr;
    auto* named = dyn_cast<clang::DeclRefExpr>(without_casts(call->getArg(0)));
    return named != nullptr ? dyn_cast<clang::VarDecl>(named->getDecl()) : nullptr;
}

bool runs_parts_at_once(const clang::CallExpr& call) {
    static const llvm::StringSet<> all = {"coil::join", "coil::join_outcomes",
                                          "coil::race", "coil::parallel"};
    auto* callee = call.getDirectCallee();
    return callee != nullptr && all.contains(plain_name(*callee));
}

const clang::Stmt* block_around(const clang::Stmt& part, const body& in) {
    const clang::Stmt* found = in.parent(&part);
    while (found != nullptr && !isa<clang::CompoundStmt>(found)) {
        if (isa<clang::IfStmt, clang::SwitchStmt>(found)) return found;
        found = in.parent(found);
    }
    return found;
}

/// Whether two children certainly begin one after the other, with no await between.
bool begin_together(const clang::Expr& one, const clang::Expr& other, const body& in) {
    auto* block = block_around(one, in);
    if (!llvm::isa_and_nonnull<clang::CompoundStmt>(block) ||
        block != block_around(other, in))
        return false;
    const auto& sources = in.ast().getSourceManager();
    return llvm::none_of(in.suspensions(), [&](const clang::Expr* each) {
        const auto at = each->getExprLoc();
        return sources.isBeforeInTranslationUnit(one.getExprLoc(), at) &&
               sources.isBeforeInTranslationUnit(at, other.getExprLoc());
    });
}

}  // namespace

void check_overlapping_calls(const body& in, report& to) {
    llvm::MapVector<const clang::VarDecl*, llvm::SmallVector<const clang::Expr*, 2>>
        spawned;
    const auto say = [&](const clang::VarDecl& closure, const clang::Expr& second) {
        const auto found = clobbered_by(closure, in.ast());
        if (found.captured == nullptr) return;
        const std::string name = "'" + found.captured->getNameAsString() + "'";
        to.add({.at = second.getExprLoc(),
                .text = "two calls of '" + closure.getNameAsString() +
                        "' go on at once, and both set its " + name,
                .notes = {{found.read->getExprLoc(),
                           name + " is read here, after an await in which the other "
                                  "call may have set it"}},
                .mend = "make " + name +
                        " a local of the coroutine, or call a copy of '" +
                        closure.getNameAsString() + "'",
                .statement = &second});
    };
    for (auto* call : in.calls()) {
        if (is_spawner(call->getDirectCallee()) && name_of(*call) == "spawn") {
            for (auto* each : call->arguments())
                if (auto* closure = closure_called_by(*each))
                    spawned[closure].push_back(each);
        } else if (runs_parts_at_once(*call)) {
            llvm::DenseSet<const clang::VarDecl*> met;
            for (auto* each : call->arguments())
                if (auto* closure = closure_called_by(*each);
                    closure != nullptr && !met.insert(closure).second)
                    say(*closure, *each);
        }
    }
    for (const auto& [closure, works] : spawned)
        if (works.size() > 1 && begin_together(*works[0], *works[1], in))
            say(*closure, *works[1]);
}

}  // namespace coil_check
