// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/unawaited.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/thrown_away.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/MapVector.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

void check_discarded(const clang::CallExpr& call, const body& in, report& to) {
    const auto becomes = fate_of(call, in, to.of());
    if (becomes.is != fate::discarded || becomes.future != &call) return;
    if (begins_at_once(call.getType(), to.of())) return;
    const std::string other =
        name_of(call).empty() ? "future" : "future of '" + name_of(call).str() + "'";
    finding found{.at = call.getExprLoc(),
                  .text = "this " + quoted(call.getType(), in.ast(), other) +
                          " is thrown away, so what it would do never happens",
                  .statement = &call};
    if (in.is_coroutine()) {
        found.mend = "await it, or give it to a group's spawn()";
        found.fixes.push_back(
            clang::FixItHint::CreateInsertion(call.getBeginLoc(), "co_await "));
    } else if (is_coroutine_type(in.function().getReturnType(), to.of())) {
        found.mend =
            "await it with co_await, or return it, if that is what is promised";
    } else {
        found.mend = "return it, or give it to a group's spawn() or a runtime's run()";
    }
    to.add(found);
}

void check_given_away(const clang::Stmt& statement, const body& in, report& to) {
    const auto given = futures_for_nobody_in(statement, to.of());
    if (!given) return;
    const std::string future = quoted(given->future, in.ast(), "future");
    to.add({.at = given->callable->getExprLoc(),
            .text = "'" + given->taker + "' throws away each " + future +
                    " that this gives, so what it would do never happens",
            .mend = given->is_algorithm
                        ? "write a loop that awaits each, or gives each to a group's "
                          "spawn()"
                    : llvm::StringRef(given->taker).contains("thread")
                        ? "give the work to a group's spawn() or a runtime's run(), or "
                          "keep it where what it gives is awaited"
                        : "let it give a task, as coil::async_function<void(...) "
                          "const>, and await each call; or spawn it in a plain "
                          "lambda: [&](auto& each) { group.spawn(...); }",
            .statement = &statement});
}

/// What naming a variable does to the future in it.
enum class use : unsigned char { nothing, moves, awaits, refills, unknown };

use use_of(const clang::Expr& named, const body& in) {
    auto* around = in.parent(&named);
    while (isa_and_nonnull<clang::ParenExpr, clang::ImplicitCastExpr>(around))
        around = in.parent(around);
    if (auto* cast = dyn_cast_or_null<clang::ExplicitCastExpr>(around))
        return cast->getType()->isVoidType() ? use::nothing : use::unknown;
    if (isa_and_nonnull<clang::CoroutineSuspendExpr>(around)) return use::awaits;
    if (isa_and_nonnull<clang::ReturnStmt, clang::CoreturnStmt>(around))
        return use::moves;
    if (auto* construct = dyn_cast_or_null<clang::CXXConstructExpr>(around))
        return construct->getConstructor()->isMoveConstructor() ? use::moves
                                                                : use::unknown;
    auto* call = dyn_cast_or_null<clang::CallExpr>(around);
    if (call == nullptr) return use::unknown;
    if (is_move(*call)) return use::moves;
    auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(call);
    const bool is_refilled = assigns != nullptr && assigns->isAssignmentOp() &&
                             without_casts(assigns->getArg(0)) == &named;
    return is_refilled ? use::refills : use::unknown;
}

/// The futures in local variables of one function: on which paths they are awaited. Of
/// those in parameters, whether that is more than once.
class local_futures {
public:
    local_futures(const body& in, report& to) : in_(in), to_(to) {
        for (auto* each : in.locals())
            if (is_future(each->getType(), to.of()) &&
                !begins_at_once(each->getType(), to.of()))
                look_at(*each);
        for (auto* each : in.function().parameters()) look_at_parameter(*each);
    }

    void check() {
        if (followed_.empty()) return;
        auto* control = in_.control();
        if (control == nullptr) return;
        const auto begins = control->forward(
            static_cast<unsigned>(2 * followed_.size()), flow::meet::any,
            [this](const auto& element, flow::facts& facts) { step(element, facts); });
        says_ = true;
        for (const clang::CFGBlock* block : control->graph()) {
            flow::facts facts = begins[block->getBlockID()];
            for (const auto& element : *block) step(element, facts);
        }
        // What is awaited twice is one mistake: the path without an await is no other.
        for (const auto& [variable, trigger] : lost_)
            if (!said_.contains(variable)) say_lost(*variable, trigger);
        check_overwritten(*control);
    }

private:
    void look_at(const clang::VarDecl& variable) {
        bool is_used = false;
        for (auto* each : in_.uses(variable)) {
            const use how = use_of(*each, in_);
            if (how == use::unknown) return;  // somebody else may await it
            is_used |= how == use::moves || how == use::awaits;
        }
        if (is_used) {
            followed_.push_back(&variable);
            // A leaf may do its part by being made: `auto change = changed.wait();`.
            is_lazy_.push_back(is_coroutine_type(variable.getType(), to_.of()));
        } else if (variable.getInit() != nullptr &&
                   !variable.hasAttr<clang::UnusedAttr>()) {
            say_never(variable);
        }
    }
    void look_at_parameter(const clang::ParmVarDecl& parameter) {
        clang::QualType type = parameter.getType();
        if (type->isRValueReferenceType()) type = type->getPointeeType();
        const auto uses = in_.uses(parameter);
        if (uses.size() == 0 || !is_future(type, to_.of()) ||
            begins_at_once(type, to_.of()) ||
            llvm::any_of(uses, [this](const clang::Expr* each) {
                return use_of(*each, in_) == use::unknown;
            }))
            return;
        followed_.push_back(&parameter);
        is_lazy_.push_back(false);  // whether it is awaited at all is the caller's say
    }
    void say_never(const clang::VarDecl& variable) {
        const std::string name = variable.getNameAsString();
        to_.add({.at = variable.getLocation(),
                 .text = "'" + name +
                         "' is never awaited, so what it would do never happens",
                 .mend = "await it: co_await std::move(" + name + ")",
                 .declaration = &variable});
    }

    // Two facts of each variable: that it may hold a future, and that it may have held
    // one that is used up.
    static unsigned holds(unsigned index) { return 2 * index; }
    static unsigned is_used_up(unsigned index) { return 2 * index + 1; }

    void step(const clang::CFGElement& element, flow::facts& facts) {
        if (const auto gone = element.getAs<clang::CFGAutomaticObjDtor>())
            return step_end(gone->getVarDecl(), gone->getTriggerStmt(), facts);
        if (const auto gone = element.getAs<clang::CFGLifetimeEnds>())
            return step_end(gone->getVarDecl(), gone->getTriggerStmt(), facts);
        const auto statement = element.getAs<clang::CFGStmt>();
        if (!statement) return;
        const clang::Stmt& what = *statement->getStmt();
        if (auto* declares = dyn_cast<clang::DeclStmt>(&what)) {
            for (auto* each : declares->decls())
                if (auto* variable = dyn_cast<clang::VarDecl>(each))
                    fill(*variable, makes_one(variable->getInit()), facts);
        } else if (auto* named = dyn_cast<clang::DeclRefExpr>(&what)) {
            step_use(*named, facts);
        } else if (auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(&what)) {
            auto* refilled =
                assigns->isAssignmentOp()
                    ? dyn_cast<clang::DeclRefExpr>(without_casts(assigns->getArg(0)))
                    : nullptr;
            if (refilled != nullptr)
                if (auto* variable = variable_of(refilled->getDecl()))
                    fill(*variable, makes_one(assigns->getArg(1)), facts);
        }
    }
    /// Not `task t;` of a type that may be empty.
    static bool makes_one(const clang::Expr* value) {
        value = value != nullptr ? without_wrappers(value) : nullptr;
        auto* made = dyn_cast_or_null<clang::CXXConstructExpr>(value);
        auto* list = dyn_cast_or_null<clang::InitListExpr>(value);
        return value != nullptr && (made == nullptr || made->getNumArgs() != 0) &&
               (list == nullptr || list->getNumInits() != 0);
    }
    void fill(const clang::VarDecl& variable, bool is_filled,
              flow::facts& facts) const {
        const int index = index_of(variable);
        if (index < 0) return;
        const auto place = static_cast<unsigned>(index);
        facts[holds(place)] = is_filled;
        facts.reset(is_used_up(place));
    }
    void step_use(const clang::DeclRefExpr& named, flow::facts& facts) {
        auto* variable = variable_of(named.getDecl());
        const int index = variable != nullptr ? index_of(*variable) : -1;
        if (index < 0) return;
        const auto place = static_cast<unsigned>(index);
        const use how = use_of(named, in_);
        if (how != use::moves && how != use::awaits) return;
        if (says_ && facts.test(is_used_up(place))) {
            said_.insert(variable);
            say_again(named, *variable);
        }
        facts.reset(holds(place));
        if (how == use::moves) facts.set(is_used_up(place));
    }
    void step_end(const clang::VarDecl* variable, const clang::Stmt* trigger,
                  flow::facts& facts) {
        const int index = variable != nullptr ? index_of(*variable) : -1;
        if (index < 0) return;
        const auto place = static_cast<unsigned>(index);
        if (says_ && facts.test(holds(place)) && is_lazy_[place] &&
            !is_of_macro(trigger))
            lost_.insert({variable, trigger});
        facts.reset(holds(place));
        facts.reset(is_used_up(place));
    }
    /// Where an assertion or what hands an error on leaves; as exceptions do.
    bool is_of_macro(const clang::Stmt* trigger) const {
        return isa_and_nonnull<clang::ReturnStmt, clang::CoreturnStmt>(trigger) &&
               in_.ast().getSourceManager().isMacroBodyExpansion(
                   trigger->getBeginLoc());
    }
    int index_of(const clang::VarDecl& variable) const {
        auto* found = llvm::find(followed_, &variable);
        return found == followed_.end() ? -1
                                        : static_cast<int>(found - followed_.begin());
    }

    void say_lost(const clang::VarDecl& variable, const clang::Stmt* trigger) {
        const std::string name = variable.getNameAsString();
        finding found{.at = variable.getLocation(),
                      .text = "'" + name + "' is not awaited on every path",
                      .mend =
                          "a task does nothing before it is awaited (it is lazy): make "
                          "it there, or await it on all paths",
                      .declaration = &variable};
        if (trigger != nullptr) {
            const bool leaves =
                isa<clang::ReturnStmt, clang::CoreturnStmt, clang::GotoStmt,
                    clang::BreakStmt, clang::ContinueStmt>(trigger);
            found.notes.push_back(
                {leaves ? trigger->getBeginLoc() : trigger->getEndLoc(),
                 "here it is thrown away, if it was not awaited before"});
        }
        to_.add(found);
    }
    // Two other facts of each variable, of what lies ahead: that it may be used, or
    // end, and that it may be overwritten first. `auto t = a(); if (late) t = b();` is
    // a choice; what is overwritten on each path is never awaited.
    static unsigned is_read_later(unsigned index) { return 2 * index; }
    static unsigned is_refilled_later(unsigned index) { return 2 * index + 1; }

    void check_overwritten(const flow& control) {
        const auto count = static_cast<unsigned>(2 * followed_.size());
        const auto ends =
            control.backward(count, [this](const auto& element, flow::facts& facts) {
                step_back(element, facts);
            });
        for (const clang::CFGBlock* block : control.graph()) {
            flow::facts facts = ends[block->getBlockID()];
            for (auto each = block->rbegin(); each != block->rend(); ++each) {
                for (unsigned i = 0; i < followed_.size(); ++i)
                    if (auto* made = filling(*each, *followed_[i]);
                        made != nullptr && is_lazy_[i] && makes_one(made) &&
                        facts.test(is_refilled_later(i)) &&
                        !facts.test(is_read_later(i)))
                        say_overwritten(*followed_[i], *made);
                step_back(*each, facts);
            }
        }
    }
    /// What an element makes the new value of a variable of, or null.
    static const clang::Expr* filling(const clang::CFGElement& element,
                                      const clang::VarDecl& variable) {
        const auto statement = element.getAs<clang::CFGStmt>();
        if (!statement) return nullptr;
        if (auto* declares = dyn_cast<clang::DeclStmt>(statement->getStmt()))
            return llvm::is_contained(declares->decls(), &variable) ? variable.getInit()
                                                                    : nullptr;
        auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(statement->getStmt());
        auto* named =
            assigns != nullptr && assigns->isAssignmentOp()
                ? dyn_cast<clang::DeclRefExpr>(without_casts(assigns->getArg(0)))
                : nullptr;
        return named != nullptr && named->getDecl() == &variable ? assigns->getArg(1)
                                                                 : nullptr;
    }
    void step_back(const clang::CFGElement& element, flow::facts& facts) const {
        const auto statement = element.getAs<clang::CFGStmt>();
        auto* named =
            statement ? dyn_cast<clang::DeclRefExpr>(statement->getStmt()) : nullptr;
        const clang::ValueDecl* read = nullptr;
        if (named != nullptr && use_of(*named, in_) != use::nothing &&
            use_of(*named, in_) != use::refills)
            read = named->getDecl();
        if (const auto gone = element.getAs<clang::CFGAutomaticObjDtor>())
            read = gone->getVarDecl();
        if (const auto gone = element.getAs<clang::CFGLifetimeEnds>())
            read = gone->getVarDecl();
        for (unsigned i = 0; i < followed_.size(); ++i) {
            const bool is_refilled = filling(element, *followed_[i]) != nullptr;
            if (!is_refilled && read != followed_[i]) continue;
            facts[is_read_later(i)] = !is_refilled;
            facts[is_refilled_later(i)] = is_refilled;
        }
    }
    void say_overwritten(const clang::VarDecl& variable, const clang::Expr& made) {
        const std::string name = variable.getNameAsString();
        const bool is_initial = variable.getInit() == &made;
        finding found{.at = is_initial ? variable.getLocation() : made.getExprLoc(),
                      .text = "what '" + name +
                              "' holds is overwritten before it is awaited, so what it "
                              "would do never happens",
                      .mend = "await it before: co_await std::move(" + name + ")",
                      .statement = &made,
                      .declaration = &variable};
        for (auto* each : in_.uses(variable)) {
            if (use_of(*each, in_) != use::refills ||
                (!is_initial && !is_behind(*each, made)))
                continue;
            found.notes.push_back({each->getExprLoc(), "it is overwritten here"});
            break;
        }
        to_.add(found);
    }
    bool is_behind(const clang::Expr& one, const clang::Expr& other) const {
        return in_.ast().getSourceManager().isBeforeInTranslationUnit(
            other.getExprLoc(), one.getExprLoc());
    }
    void say_again(const clang::DeclRefExpr& named, const clang::VarDecl& variable) {
        const std::string name = variable.getNameAsString();
        finding found{.at = named.getLocation(),
                      .text = "'" + name +
                              "' may be used up already: a future is awaited "
                              "once",
                      .mend = "make a new one for each await",
                      .statement = &named,
                      .declaration = &variable};
        for (auto* each : in_.uses(variable)) {
            if (each == &named || use_of(*each, in_) != use::moves) continue;
            found.notes.push_back({each->getExprLoc(), "here it is used up"});
            break;
        }
        if (found.notes.empty())
            found.notes.push_back(
                {{}, "it is used up here in an earlier turn of the loop"});
        to_.add(found);
    }

    const body& in_;
    report& to_;
    llvm::SmallVector<const clang::VarDecl*, 8> followed_;
    llvm::SmallVector<bool, 8> is_lazy_;
    bool says_ = false;  // the facts are known
    llvm::MapVector<const clang::VarDecl*, const clang::Stmt*> lost_;  // and where
    llvm::DenseSet<const clang::VarDecl*> said_;  // that they are awaited twice
};

void check_containers(const body& in, report& to) {
    for (auto* each : in.locals()) {
        if (each->hasAttr<clang::UnusedAttr>() || !is_never_read(*each, in, to.of()))
            continue;
        const std::string name = each->getNameAsString();
        to.add({.at = each->getLocation(),
                .text = "the futures in '" + name +
                        "' are never awaited, so what they would do never happens",
                .mend =
                    "await each: co_await std::move(each), or give them to a group's "
                    "spawn()",
                .declaration = each});
    }
}

/// What a future is made of may move it about.
bool is_of_future(const clang::FunctionDecl& function, const unit& of) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    return method != nullptr &&
           is_future(of.ast.getRecordType(method->getParent()), of);
}

void check_body(const body& in, report& to) {
    for (auto* call : in.calls())
        if (is_future(*call, to.of())) check_discarded(*call, in, to);
    for (auto* statement : in.statements()) check_given_away(*statement, in, to);
    if (!is_of_future(in.function(), to.of())) local_futures(in, to).check();
    check_containers(in, to);
}

}  // namespace

const rule unawaited{"unawaited", level::error, &check_body};

}  // namespace coil_check
