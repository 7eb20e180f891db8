// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/lifetime.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

bool is_closure(clang::QualType type) {
    auto* record = type->getAsCXXRecordDecl();
    return record != nullptr && record->isLambda();
}

class lifetimes {
public:
    lifetimes(const body& in, report& to) : in_(in), to_(to), loans_(in, to.of()) {}

    void check() {
        for (auto* call : in_.calls()) {
            if (is_future(*call, to_.of())) check_made(*call);
            check_spawn(*call);
        }
        for (auto* each : in_.returns())
            if (is_future(each->getType(), to_.of())) check_return(*each);
        check_scopes();
    }

private:
    // --- temporaries, which are gone at the end of the statement ---

    /// The variable or member that a future ends up in where it is made, if it does.
    const clang::NamedDecl* kept_in(const fate_of_future& becomes) const {
        if (becomes.is == fate::kept) return becomes.variable;
        if (becomes.is != fate::handed_on || becomes.taker == nullptr) return nullptr;
        auto* object = object_of(*becomes.taker);
        auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(becomes.taker);
        const bool is_assigned = assigns != nullptr && assigns->isAssignmentOp();
        if (object == nullptr ||
            !(is_assigned || holds_futures(object->getType(), to_.of())))
            return nullptr;
        const clang::Expr* place = without_wrappers(object);
        if (auto* member = dyn_cast<clang::MemberExpr>(place))
            return member->getMemberDecl();
        auto* named = dyn_cast<clang::DeclRefExpr>(place);
        return named != nullptr ? named->getDecl() : nullptr;
    }
    void check_made(const clang::CallExpr& call) {
        const auto becomes = fate_of(call, in_, to_.of());
        if (becomes.future != &call) return;
        auto* keeper = kept_in(becomes);
        if (keeper == nullptr) return;
        for (const auto& each : loans_.of_value(call))
            if (each.temporary != nullptr)
                say(each, call,
                    "'" + keeper->getNameAsString() + "' refers to " + name_of(each) +
                        ", which is gone at the end of this statement",
                    is_closure(each.temporary->getType())
                        ? "give the lambda to coil::call_once(), which keeps it"
                        : "await it in this statement, or give the temporary a name");
    }

    // --- locals, which are gone when the function is left ---

    /// Whether it lives in this call of the function.
    bool is_own(const lender& lent) const {
        auto* variable = lent.variable;
        if (variable == nullptr) return lent.temporary != nullptr;
        return !isa<clang::ParmVarDecl>(variable) ||
               !(variable->getType()->isReferenceType() ||
                 is_view(variable->getType()));
    }

    /// A local object that all it started ends with: `runtime.daemons().spawn(...)`.
    static const clang::VarDecl* spawner_of(const clang::CallExpr& call) {
        auto* object = object_of(call);
        if (object == nullptr) return nullptr;
        if (auto* getter = dyn_cast<clang::CallExpr>(without_wrappers(object)))
            return spawner_of(*getter);
        auto* local = local_named_by(object);
        return local != nullptr && !local->getType()->isReferenceType() ? local
                                                                        : nullptr;
    }
    bool stands_before(const lender& lent, const clang::VarDecl& other) const {
        return lent.variable != nullptr && !ends_before(*lent.variable, other) &&
               in_.ast().getSourceManager().isBeforeInTranslationUnit(
                   lent.variable->getLocation(), other.getLocation());
    }
    void check_spawn(const clang::CallExpr& call) {
        auto* callee = call.getDirectCallee();
        if (callee == nullptr || !has_mark(*callee, "spawns")) return;
        auto* spawner = spawner_of(call);
        for (auto* argument : call.arguments())
            for (const auto& each : loans_.of_value(*argument))
                if (is_own(each) &&
                    !(spawner != nullptr && stands_before(each, *spawner)))
                    say(each, *argument,
                        "what is spawned refers to " + name_of(each) +
                            ", which may be gone before it ends",
                        is_closure(type_of(each))
                            ? "give the lambda to coil::call_once(), which keeps it"
                            : "give it by value, or declare it outside of "
                              "with_group()");
    }
    void check_return(const clang::Expr& value) {
        for (const auto& each : loans_.of_value(value))
            if (is_own(each))
                say(each, value,
                    "what is returned refers to " + name_of(each) +
                        ", which is gone when the function is left",
                    is_closure(type_of(each))
                        ? "give the lambda to coil::call_once(), which keeps it"
                        : "await it here, or give it by value");
    }

    // --- blocks: a future in a variable outside of what it refers to ---

    struct loan {
        const clang::VarDecl* holder;
        const clang::VarDecl* of;
        lender lent;
    };
    /// Finds where a variable is given a future that refers to what ends earlier.
    void check_scopes() {
        llvm::SmallVector<std::pair<const clang::CallExpr*, loan>, 4> given;
        for (auto* call : in_.calls()) {
            auto* holder = holder_given(*call);
            if (holder == nullptr) continue;
            for (auto* argument : call->arguments())
                for (const auto& each : loans_.of_value(*argument))
                    if (each.variable != nullptr && is_own(each) &&
                        ends_before(*each.variable, *holder))
                        given.push_back({call, {holder, each.variable, each}});
        }
        auto* control = given.empty() ? nullptr : in_.control();
        if (control != nullptr) follow(given, *control);
    }
    /// The variable that a call assigns a future to, or puts it into.
    const clang::VarDecl* holder_given(const clang::CallExpr& call) const {
        auto* object = object_of(call);
        auto* holder = object != nullptr ? local_named_by(object) : nullptr;
        if (holder == nullptr || holder->getType()->isReferenceType()) return nullptr;
        auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(&call);
        const bool is_assigned = assigns != nullptr && assigns->isAssignmentOp() &&
                                 (is_future(holder->getType(), to_.of()) ||
                                  holds_futures(holder->getType(), to_.of()));
        const bool is_put_in = isa<clang::CXXMemberCallExpr>(call) &&
                               holds_futures(holder->getType(), to_.of());
        return is_assigned || is_put_in ? holder : nullptr;
    }
    /// Whether `one` stands in a block that `other` does not: declared later is enough
    /// for the order of destruction, but not for a use.
    bool ends_before(const clang::VarDecl& one, const clang::VarDecl& other) const {
        auto* block = block_of(one);
        auto* outer = block_of(other);
        if (block == nullptr || block == outer) return false;
        for (auto* each = in_.parent(block); each != nullptr; each = in_.parent(each))
            if (each == outer) return true;
        return outer == nullptr;
    }
    const clang::Stmt* block_of(const clang::VarDecl& variable) const {
        const clang::Stmt* at = in_.declares(variable);
        while (at != nullptr && isa<clang::DeclStmt>(at)) at = in_.parent(at);
        return at;
    }

    using gifts = llvm::ArrayRef<std::pair<const clang::CallExpr*, loan>>;
    /// Two facts of each gift: the holder has it, and what it refers to has ended.
    void follow(gifts given, const flow& control) {
        // Of each gift, which is one mistake, however often it is used then.
        llvm::SmallVector<const clang::DeclRefExpr*> first(given.size(), nullptr);
        const auto& sources = to_.of().ast.getSourceManager();
        const auto step = [&](const clang::CFGElement& element, flow::facts& facts,
                              bool says) {
            const clang::VarDecl* ended = nullptr;
            if (const auto gone = element.getAs<clang::CFGAutomaticObjDtor>())
                ended = gone->getVarDecl();
            if (const auto gone = element.getAs<clang::CFGLifetimeEnds>())
                ended = gone->getVarDecl();
            const auto statement = element.getAs<clang::CFGStmt>();
            auto* call =
                statement ? dyn_cast<clang::CallExpr>(statement->getStmt()) : nullptr;
            auto* named = statement ? dyn_cast<clang::DeclRefExpr>(statement->getStmt())
                                    : nullptr;
            for (unsigned i = 0; i < given.size(); ++i) {
                const auto& [giver, one] = given[i];
                if (ended == one.of && facts.test(2 * i)) facts.set(2 * i + 1);
                if (call == giver) facts.set(2 * i), facts.reset(2 * i + 1);
                if (call != nullptr && call != giver && refills(*call, *one.holder))
                    facts.reset(2 * i), facts.reset(2 * i + 1);
                const bool is_used = named != nullptr && facts.test(2 * i + 1) &&
                                     variable_of(named->getDecl()) == one.holder &&
                                     !is_refilled(*named);
                if (says && is_used &&
                    (first[i] == nullptr ||
                     sources.isBeforeInTranslationUnit(named->getLocation(),
                                                       first[i]->getLocation())))
                    first[i] = named;
            }
        };
        const auto begins =
            control.forward(static_cast<unsigned>(2 * given.size()), flow::meet::any,
                            [&](const auto& element, flow::facts& facts) {
                                step(element, facts, false);
                            });
        for (const clang::CFGBlock* block : control.graph()) {
            flow::facts facts = begins[block->getBlockID()];
            for (const auto& element : *block) step(element, facts, true);
        }
        llvm::DenseSet<const clang::Expr*> said;
        for (unsigned i = 0; i < given.size(); ++i)
            if (first[i] != nullptr && said.insert(first[i]).second)
                say_ended(*first[i], given[i].second);
    }
    /// It assigns to all of it, or empties it.
    static bool refills(const clang::CallExpr& call, const clang::VarDecl& holder) {
        auto* object = object_of(call);
        if (object == nullptr || local_named_by(object) != &holder) return false;
        if (auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(&call))
            return assigns->isAssignmentOp();
        auto* callee = call.getDirectCallee();
        return callee != nullptr && callee->getDeclName().isIdentifier() &&
               (callee->getName() == "clear" || callee->getName() == "reset");
    }
    bool is_refilled(const clang::Expr& named) const {
        auto* around = in_.parent(&named);
        while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr,
                               clang::MemberExpr>(around))
            around = in_.parent(around);
        auto* call = dyn_cast_or_null<clang::CallExpr>(around);
        auto* variable = local_named_by(&named);
        return call != nullptr && variable != nullptr && refills(*call, *variable);
    }
    void say_ended(const clang::DeclRefExpr& named, const loan& one) {
        const std::string name = one.holder->getNameAsString();
        say(one.lent, named,
            "'" + name + "' is used here, and refers to " + name_of(one.lent) +
                ", whose block has ended",
            "declare '" + one.of->getNameAsString() + "' before '" + name + "'");
    }

    // --- what it says ---

    static clang::QualType type_of(const lender& lent) {
        return (lent.variable != nullptr ? lent.variable->getType()
                                         : lent.temporary->getType())
            .getNonReferenceType();
    }
    std::string name_of(const lender& lent) const {
        if (lent.variable != nullptr) {
            const auto name = lent.variable->getName();
            return name.empty() ? "what is bound here" : "'" + name.str() + "'";
        }
        if (is_closure(type_of(lent))) return "what this lambda captures";
        return "a temporary " +
               quoted(type_of(lent).getUnqualifiedType(), in_.ast(), "future");
    }
    /// It stands where a parameter is declared.
    bool is_default(const clang::Expr& temporary) const {
        const clang::Stmt* each = &temporary;
        while (each != nullptr && !isa<clang::CXXDefaultArgExpr>(each))
            each = in_.parent(each);
        return each != nullptr;
    }
    void say(const lender& lent, const clang::Expr& at, std::string text,
             std::string mend) {
        const bool is_written =
            lent.temporary != nullptr && !is_default(*lent.temporary);
        finding found{.at = is_written ? lent.temporary->getExprLoc() : at.getExprLoc(),
                      .text = std::move(text),
                      .mend = std::move(mend),
                      .statement = &at};
        if (lent.variable != nullptr)
            found.notes.push_back(
                {lent.variable->getLocation(), name_of(lent) + " is declared here"});
        auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(lent.kept_by);
        const std::string keeper =
            lent.kept_by != nullptr ? lent.kept_by->getNameAsString() : std::string();
        if (parameter != nullptr) {
            found.notes.push_back(
                {parameter->getLocation(),
                 (keeper.empty() ? "this parameter" : "parameter '" + keeper + "'") +
                     " refers to it as long as the coroutine lives"});
        } else if (lent.kept_by != nullptr && !is_closure(type_of(lent))) {
            found.notes.push_back(
                {lent.kept_by->getLocation(),
                 "'" + keeper + "' uses its object as long as it runs"});
        }
        to_.add(found);
    }

    const body& in_;
    report& to_;
    loans loans_;
};

void check_body(const body& in, report& to) {
    lifetimes(in, to).check();
}

}  // namespace

const rule lifetime{"lifetime", level::error, &check_body};

}  // namespace coil_check
