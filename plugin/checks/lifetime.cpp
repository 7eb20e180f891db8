// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/lifetime.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/daemon_loans.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/given_away.hpp>
#include <plugin/core/group_escape.hpp>
#include <plugin/core/growth.hpp>
#include <plugin/core/holders.hpp>
#include <plugin/core/lent_awaits.hpp>
#include <plugin/core/loan_flow.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/overlap.hpp>
#include <plugin/core/owners.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/returned_parts.hpp>
#include <plugin/core/shared_flow.hpp>
#include <plugin/core/spawn_mends.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/used_up.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;
using llvm::isa_and_nonnull;

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
            if (call->isPRValue() && keeps_loans(call->getType(), to_.of()))
                check_made(*call);
            check_spawn(*call);
        }
        for (auto* each : in_.statements())
            if (auto* made = dyn_cast<clang::CXXConstructExpr>(each))
                check_spawn_inside(
                    *made, "the constructor of '" +
                               made->getConstructor()->getParent()->getNameAsString() +
                               "'");
        const auto gives = in_.is_coroutine() ? value_type() : clang::QualType();
        for (auto* each : in_.returns()) {
            if (keeps_loans(each->getType(), to_.of())) {
                check_return(*each);
            } else if (!gives.isNull()) {
                check_value(*each, gives);
            }
        }
        check_stale();
        for (const auto& each : shared_uses(in_, to_.of())) say_shared(each);
        for (const auto& each : grown_under_children(in_, to_.of())) say_grown(each);
        for (const auto& each : reads_after_gift(in_, to_.of())) say_given_away(each);
    }

private:
    // --- temporaries, which are gone at the end of the statement ---

    /// The variable or member that a future ends up in where it is made, if it does.
    const clang::NamedDecl* kept_in(const fate_of_future& becomes) const {
        if (becomes.is == fate::kept) return becomes.variable;
        if (becomes.is == fate::member) return member_given(*becomes.future);
        if (becomes.is != fate::handed_on || becomes.taker == nullptr) return nullptr;
        auto* object = object_of(*becomes.taker);
        auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(becomes.taker);
        const bool is_assigned = assigns != nullptr && assigns->isAssignmentOp();
        if (object == nullptr ||
            !(is_assigned || holds_keepers(object->getType(), to_.of())))
            return nullptr;
        const clang::Expr* place = without_wrappers(object);
        if (auto* member = dyn_cast<clang::MemberExpr>(place))
            return member->getMemberDecl();
        auto* named = dyn_cast<clang::DeclRefExpr>(place);
        return named != nullptr ? named->getDecl() : nullptr;
    }
    const clang::NamedDecl* member_given(const clang::Expr& value) const {
        auto* constructor = dyn_cast<clang::CXXConstructorDecl>(&in_.function());
        if (constructor == nullptr) return nullptr;
        const clang::Stmt* whole = &value;
        while (in_.parent(whole) != nullptr) whole = in_.parent(whole);
        for (auto* each : constructor->inits())
            if (each->getInit() == whole) return each->getMember();
        return nullptr;
    }
    void check_made(const clang::CallExpr& call) {
        const auto becomes = fate_of_keeper(call, in_, to_.of());
        if (becomes.future != &call) return;
        auto* keeper = kept_in(becomes);
        if (keeper == nullptr) return;
        for (const auto& each : loans_.of_value(call)) {
            if (each.temporary != nullptr) {
                say_temporary(each, call, *keeper);
            } else if (becomes.is == fate::member && each.is_own()) {
                say(each, call,
                    "'" + keeper->getNameAsString() + "' refers to " + name_of(each) +
                        ", which is gone when the object has been made",
                    "let it refer to a member, or give it by value");
            }
        }
    }
    void say_temporary(const lender& lent, const clang::Expr& at,
                       const clang::NamedDecl& keeper) {
        const bool is_closure_gone = is_closure(lent.temporary->getType());
        // Such as COIL_FOR's, or that of a range-based for.
        auto* variable = dyn_cast<clang::VarDecl>(&keeper);
        const bool is_loop = variable != nullptr && is_of_loop(*variable);
        if (is_loop) {
            say(lent, at,
                "this loop reads what refers to " + name_of(lent) +
                    ", which is gone when the loop begins",
                is_closure_gone ? "give the lambda a name in front of the loop"
                                : "give the temporary a name in front of the loop");
            return;
        }
        const bool is_future_of_it = is_future(at.getType(), to_.of());
        say(lent, at,
            "'" + keeper.getNameAsString() + "' refers to " + name_of(lent) +
                ", which is gone at the end of this statement",
            is_closure_gone ? is_future_of_it ? mend_of_closure(is_written_out(keeper))
                                              : "give the lambda a name"
            : is_future_of_it
                ? "await it in this statement, or give the temporary a name"
                : "give the temporary a name");
    }

    /// Whether what it holds has a type that somebody wrote: `coil::task<> job`, or a
    /// container of such. What call_once() gives has another.
    static bool is_written_out(const clang::NamedDecl& keeper) {
        auto* value = dyn_cast<clang::ValueDecl>(&keeper);
        return value != nullptr && value->getType()->getContainedAutoType() == nullptr;
    }
    static std::string mend_of_closure(bool is_task_asked) {
        return is_task_asked
                   ? "let it be a function with parameters, or a lambda with those in "
                     "place of its captures: the coroutine keeps them"
                   : "give the lambda to coil::call_once(), which keeps it";
    }

    // --- locals, which are gone when the function is left ---

    /// A local object that all it started ends with: `runtime.daemons().spawn(...)`.
    static const clang::VarDecl* spawner_of(const clang::CallExpr& call) {
        auto* object = object_of(call);
        if (object == nullptr) return nullptr;
        if (auto* getter = dyn_cast<clang::CallExpr>(without_wrappers(object)))
            return spawner_of(*getter);
        auto* local = local_named_by(object);
        if (local == nullptr || local->getType()->isReferenceType()) return nullptr;
        // What a join_set started ends with the group.
        auto* record = class_of(local->getType());
        return record != nullptr && plain_name(*record) == "coil::join_set" ? nullptr
                                                                            : local;
    }
    bool stands_before(const lender& lent, const clang::VarDecl& other) const {
        return lent.variable != nullptr && !ends_before(*lent.variable, other, in_) &&
               in_.ast().getSourceManager().isBeforeInTranslationUnit(
                   lent.variable->getLocation(), other.getLocation());
    }
    void check_spawn(const clang::CallExpr& call) {
        auto* callee = call.getDirectCallee();
        if (!is_spawner(callee)) return check_spawn_inside(call, who_spawns(call));
        auto* spawner = spawner_of(call);
        for (auto* argument : call.arguments())
            for (const auto& each : loans_.of_value(*argument))
                if (each.is_own() && !is_daemon_name(*argument, *callee) &&
                    !(spawner != nullptr && stands_before(each, *spawner)))
                    say_spawned(each, *argument, "what is spawned",
                                starts_daemon(call));
    }
    /// Of a function that spawns something in its turn.
    template <class Call>
    void check_spawn_inside(const Call& call, const std::string& who) {
        // What main has lives longer than what runs in it.
        if (in_.function().isMain()) return;
        llvm::DenseSet<const void*> said;
        for (const auto& each : loans_.of_spawned(call))
            if (each.is_own() && !is_shared_with_caller(each) &&
                said.insert(each.variable != nullptr
                                ? static_cast<const void*>(each.variable)
                                : each.temporary)
                    .second)
                say_spawned(each, call, "what " + who + " spawns");
    }
    static std::string who_spawns(const clang::CallExpr& call) {
        std::string name = coil_check::name_of(call).str();
        auto* object = name.empty() ? object_of(call) : nullptr;
        auto* closure = object != nullptr ? local_named_by(object) : nullptr;
        if (closure != nullptr) name = closure->getNameAsString();
        return name.empty() ? "this" : "'" + name + "'";
    }
    void say_spawned(const lender& lent, const clang::Expr& at, const std::string& what,
                     bool is_daemon = false) {
        const std::string special = mend_of_spawned(lent, in_.ast());
        say(lent, at,
            what + " refers to " + name_of(lent) + ", which may be gone before it ends",
            !special.empty() && !is_daemon ? special
            : is_closure(type_of(lent))    ? mend_of_closure(false)
            : lent.variable != nullptr && captures_by_reference(at, *lent.variable)
                ? "capture it by value; what children share stands outside of "
                  "with_group()"
            : is_daemon
                ? "a daemon lives until the runtime ends: give it by value, or as a "
                  "std::shared_ptr that the daemon keeps"
            : lent.spawned_by != nullptr && is_kept_by_method(lent)
                ? "let a std::shared_ptr own it, and give that to what is spawned"
            : isa_and_nonnull<clang::CXXMethodDecl>(lent.kept_by)
                ? "declare it outside of with_group(), or spawn a coroutine that owns "
                  "it"
                : "give it by value, or declare it outside of with_group()");
    }
    static bool is_kept_by_method(const lender& lent) {
        return lent.kept_by == nullptr || isa<clang::CXXMethodDecl>(lent.kept_by);
    }
    void say_grown(const grown_vector& found) {
        const std::string name = place::of(found.owner).name();
        to_.add({.at = found.work->getExprLoc(),
                 .text = "what is spawned refers to an element of '" + name +
                         "', which moves when '" + name + "' grows",
                 .notes = {{found.growth->getExprLoc(), "it grows here"}},
                 .mend =
                     "reserve room for all of them first, or use a std::deque, which "
                     "leaves them where they are",
                 .statement = found.work});
    }
    /// The caller may have a shared_ptr of its own.
    static bool is_shared_with_caller(const lender& lent) {
        return lent.inside > 0 && isa_and_nonnull<clang::ParmVarDecl>(lent.variable) &&
               is_shared_pointer(lent.variable->getType());
    }
    void check_return(const clang::Expr& value) {
        for (const auto& each : loans_.of_value(value))
            if (each.is_own() && !is_shared_with_caller(each))
                say(each, value,
                    "what is returned refers to " + name_of(each) +
                        ", which is gone when the function is left",
                    is_closure(type_of(each))
                        ? mend_of_closure(in_.function()
                                              .getDeclaredReturnType()
                                              ->getContainedAutoType() == nullptr)
                    : in_.is_coroutine()
                        ? "await it here, or give it by value"
                        : "give it by value, or make this a coroutine that awaits it");
    }

    // --- what a coroutine gives: its locals are gone when the caller looks at it ---

    /// The `T` of a `task<T>`.
    clang::QualType value_type() const {
        const auto type = in_.function().getReturnType();
        auto* made = dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
            type->getAsCXXRecordDecl());
        if (made == nullptr || !is_future(type, to_.of()) ||
            made->getTemplateArgs().size() == 0 ||
            made->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Type)
            return {};
        return made->getTemplateArgs()[0].getAsType();
    }
    void check_value(const clang::Expr& value, clang::QualType as) {
        for (const auto& each : lent_to_value(value, as))
            if (each.is_own() && !is_shared_with_caller(each))
                say(each, value,
                    "what is returned refers to " + name_of(each) +
                        ", which is gone when the coroutine has ended",
                    "give the object itself");
    }
    lenders lent_to_value(const clang::Expr& value, clang::QualType as) {
        if (as->isReferenceType()) return loans_.of_place(value);
        auto* record = class_of(value.getType());
        const bool is_viewed = is_view(as) && record != nullptr &&
                               record->isInStdNamespace() && !is_view(value.getType());
        if (!is_viewed) return loans_.of_value(value);
        const clang::Expr* object = without_casts(&value);
        if (auto* full = dyn_cast<clang::FullExpr>(object))
            object = without_casts(full->getSubExpr());
        if (object->isPRValue()) return {lender{.temporary = object}};
        return is_owner(*object, in_) ? loans_.of_place(value) : lenders();
    }

    // --- variables that are used after what they refer to has ended or changed ---

    void check_stale() {
        const auto all = stale_uses(in_, to_.of());
        for (const auto& each : all) {
            if (llvm::any_of(all, [&](const auto& other) { return says(other, each); }))
                continue;
            if (each.changed_by != nullptr) {
                say_changed(each);
            } else {
                const std::string name = each.holder->getNameAsString();
                say(each.lent, *each.use,
                    "'" + name + "' is used here, and refers to " + name_of(each.lent) +
                        ", whose block has ended",
                    "declare " + name_of(each.lent) + " before '" + name + "'");
            }
        }
    }
    /// Whether one is about the same mistake as another, and stands before it.
    bool says(const stale_use& one, const stale_use& other) const {
        return one.holder == other.holder && one.lent.variable == other.lent.variable &&
               one.lent.variable != nullptr && one.changed_by == other.changed_by &&
               to_.of().ast.getSourceManager().isBeforeInTranslationUnit(
                   one.use->getLocation(), other.use->getLocation());
    }
    void say_changed(const stale_use& found) {
        const auto& by = *found.changed_by;
        const bool is_moved = is_move(by);
        const bool is_loop = is_of_loop(*found.holder);
        const std::string subject =
            is_loop ? "this loop goes on"
                    : "'" + found.use->getDecl()->getNameAsString() + "' is used here";
        auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(&by);
        const std::string how =
            is_moved ? ", which was moved from"
            : assigns != nullptr
                ? ", which was assigned to"
                : ", which '" + coil_check::name_of(by).str() + "' has changed";
        say(found.lent, *found.use,
            subject + ", and refers " + (found.lent.inside > 0 ? "into " : "to ") +
                name_of(found.lent) + how,
            is_moved  ? (keeps_loans(found.holder->getType(), to_.of())
                             ? "await it before that"
                             : "use it before that")
            : is_loop ? "note what is to be changed, and change it after the loop"
            : lends_items(by) ? "copy what is to stay, or use it before"
                              : "take it again after that, or use it before",
            {by.getExprLoc(), is_moved ? "it is moved from here" : "changed here"});
    }

    // --- objects that are used after they were moved into a future ---

    void say_given_away(const late_read& found) {
        const std::string name = "'" + found.of.of.name() + "'";
        const std::string subject =
            found.of.is_inside ? "what " + name + " holds" : name;
        const std::string taker = coil_check::name_of(*found.into).str();
        const std::string into =
            taker.empty() ? "what is made here" : "'" + taker + "'";
        finding said{.at = found.use->getExprLoc(),
                     .text = subject + " is used here, after it was moved into " + into,
                     .notes = {{found.move->getExprLoc(), "it is moved from here"}},
                     .mend = "take what is needed of it before that",
                     .statement = found.use};
        if (found.when == late_read::time::same_call) {
            said.text = subject + " is used here and moved into " + into +
                        " in the same call, which may do either first";
            said.mend = "take what is needed of it into a variable before the call";
        } else if (found.when == late_read::time::next_round) {
            said.text = subject + " was moved into " + into +
                        " in the round before, and is used here again";
            said.mend =
                "declare it in the loop, or give it a value in each round, or give a "
                "copy away: a moved-from string is empty";
        }
        to_.add(said);
    }

    // --- what refers into a container that others may change meanwhile ---

    void say_shared(const shared_use& found) {
        const bool is_loop = is_of_loop(*found.holder);
        const std::string container = place::of(found.container).name();
        std::string text = (is_loop ? "this loop goes on"
                                    : "'" + found.use->getDecl()->getNameAsString() +
                                          "' is used here") +
                           ", and refers into '" + container + "', which ";
        if (found.waits == nullptr) {
            auto* assigns = dyn_cast<clang::CXXOperatorCallExpr>(found.changed_by);
            const std::string name = coil_check::name_of(*found.changed_by).str();
            text += assigns != nullptr && assigns->isAssignmentOp()
                        ? "was assigned to"
                        : (name.empty() ? "this call" : "'" + name + "'") +
                              " may have changed";
            to_.add(
                {.at = found.use->getExprLoc(),
                 .text = text,
                 .notes = {{found.changed_by->getExprLoc(), "changed here"}},
                 .mend = "copy what is needed before that, or take it again after it",
                 .statement = found.use});
            return;
        }
        text += "'" + found.other.method->getNameAsString() +
                "' may have changed meanwhile";
        finding said{
            .at = found.use->getExprLoc(),
            .text = text,
            .notes = {{found.waits->getExprLoc(), "others run while this waits"},
                      {found.other.call->getExprLoc(), "such as what this does"}},
            .mend = is_loop ? "go over a copy, or let a coil::mutex keep them apart"
                            : "find it again after the await, or let a coil::mutex "
                              "keep them apart",
            .statement = found.use};
        if (auto* again = found.other.again)
            said.notes.push_back({again->getExprLoc(),
                                  "which runs more than once at a time, from here"});
        to_.add(said);
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
            if (is_of_loop(*lent.variable)) return "what this loop goes over";
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
             std::string mend, const finding::note& cause = {}) {
        const bool is_written =
            lent.temporary != nullptr && !is_default(*lent.temporary);
        auto place = is_written ? lent.temporary->getExprLoc() : at.getExprLoc();
        // Of what a macro such as COIL_FOR has for itself, where that is written.
        const auto& files = in_.ast().getSourceManager();
        if (place.isMacroID() &&
            files.isWrittenInScratchSpace(files.getSpellingLoc(place)))
            place = files.getExpansionLoc(place);
        finding found{.at = place,
                      .text = std::move(text),
                      .mend = std::move(mend),
                      .statement = &at};
        if (cause.at.isValid()) {
            found.notes.push_back(cause);
        } else if (lent.spawned_by != nullptr) {
            found.notes.push_back(
                {lent.spawned_by->getExprLoc(), "it is spawned here"});
        } else if (lent.variable != nullptr) {
            found.notes.push_back(
                {lent.variable->getLocation(), name_of(lent) + " is declared here"});
        }
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
    check_daemon_loans(in, to);
    check_group_escapes(in, to);
    check_lent_awaits(in, to);
    check_overlapping_calls(in, to);
    check_returned_parts(in, to);
    check_used_up_closures(in, to);
}

}  // namespace

const rule lifetime{"lifetime", level::error, &check_body};

}  // namespace coil_check
