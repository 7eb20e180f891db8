// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/blocking.hpp>
#include <plugin/core/blocking_calls.hpp>
#include <plugin/core/blocking_ends.hpp>
#include <plugin/core/blocking_functions.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/crossing.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/not_across.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/thrown_away.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

namespace {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

constexpr int depth_max = 3;  // of closures that are called in closures

/// The body of a closure that is called there, if it is a plain function.
const clang::FunctionDecl* plain_closure_called_by(const clang::CallExpr& call) {
    auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call.getDirectCallee());
    if (method == nullptr || !method->getParent()->isLambda()) return nullptr;
    auto* written = method->getBody();
    const bool is_plain =
        written != nullptr && !llvm::isa<clang::CoroutineBodyStmt>(written);
    return is_plain ? method : nullptr;
}

/// The callables that a call hands to an algorithm of the standard library, which calls
/// them on the spot.
llvm::SmallVector<const clang::Expr*, 1> called_by_algorithm(
    const clang::CallExpr& call) {
    static const llvm::StringSet<> all = {
        "std::for_each",    "std::for_each_n", "std::transform",   "std::find_if",
        "std::find_if_not", "std::any_of",     "std::all_of",      "std::none_of",
        "std::count_if",    "std::generate",   "std::generate_n",  "std::remove_if",
        "std::erase_if",    "std::copy_if",    "std::replace_if",  "std::partition",
        "std::accumulate",  "std::sort",       "std::stable_sort", "std::invoke",
        "std::apply",       "std::visit",      "std::call_once"};
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return {};
    auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
    const bool is_of_ranges =
        method != nullptr && llvm::isa<clang::CXXOperatorCallExpr>(call) &&
        llvm::StringRef(plain_name(*method->getParent())).starts_with("std::ranges::");
    if (!is_of_ranges && !all.contains(plain_name(*callee))) return {};
    llvm::SmallVector<const clang::Expr*, 1> found;
    for (auto* each : call.arguments()) {
        const clang::QualType type = each->getType();
        auto* record = class_of(type);
        if (type->isFunctionPointerType() || type->isFunctionType() ||
            (record != nullptr && record->isLambda()))
            found.push_back(each);
    }
    return found;
}

/// What runs when a callable is called: the body of a closure, a named function.
const clang::FunctionDecl* function_behind(const clang::Expr& callable) {
    if (auto* inside = function_called_on(callable.getType())) return inside;
    auto* named = without_wrappers(&callable);
    if (auto* address = dyn_cast_or_null<clang::UnaryOperator>(named))
        named = without_wrappers(address->getSubExpr());
    auto* reference = dyn_cast_or_null<clang::DeclRefExpr>(named);
    return reference != nullptr ? dyn_cast<clang::FunctionDecl>(reference->getDecl())
                                : nullptr;
}

/// The futures that are asked whether they are ready: they are so when one gets them.
llvm::DenseSet<const clang::VarDecl*> asked_for_readiness(const body& in) {
    llvm::DenseSet<const clang::VarDecl*> asked;
    for (auto* call : in.calls())
        if (only_looks(*call, in.ast()))
            if (auto* variable = local_named_by(object_of(*call)))
                asked.insert(variable);
    return asked;
}

/// Whether a descriptor is made there, or changed, that never blocks.
bool makes_nonblocking(const body& in) {
    return llvm::any_of(in.calls(), [&](const clang::CallExpr* call) {
        return chooses_nonblocking(*call, in.ast());
    });
}

/// Calls in a coroutine, and in what runs on the spot there.
class calls_of {
public:
    calls_of(const body& coroutine, report& to) : coroutine_(coroutine), to_(to) {}

    void check() { check(coroutine_, nullptr, 0); }

private:
    /// `outer` is the call in the coroutine that leads there; null in the coroutine
    /// itself.
    void check(const body& in, const clang::CallExpr* outer, int depth) {
        const auto asked = asked_for_readiness(in);
        const bool is_nonblocking = makes_nonblocking(in);
        for (auto* call : in.calls()) {
            const clang::CallExpr* from = outer == nullptr ? call : outer;
            if (auto* closure = plain_closure_called_by(*call)) {
                if (depth < depth_max) check(body(*closure, in.ast()), from, depth + 1);
                continue;
            }
            for (auto* callable : called_by_algorithm(*call))
                check_callable(*callable, *from, in, depth);
            const auto found = as_blocking(*call, in.ast());
            auto* object = found ? object_of(*call) : nullptr;
            if (!found) {
                if (asked.empty()) check_helper(call->getDirectCallee(), *from);
            } else if ((!found->is_on_descriptor || !is_nonblocking) &&
                       (object == nullptr || !asked.contains(local_named_by(object))) &&
                       is_new_reader(*call)) {
                say(*call, *found, outer);
            }
        }
    }
    void check_callable(const clang::Expr& callable, const clang::CallExpr& from,
                        const body& in, int depth) {
        auto* function = function_behind(callable);
        auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(function);
        if (method == nullptr || !method->getParent()->isLambda())
            return check_helper(function, from);
        auto* written = method->getBody();
        if (written != nullptr && !llvm::isa<clang::CoroutineBodyStmt>(written) &&
            !method->isDependentContext() && depth < depth_max)
            check(body(*method, in.ast()), &from, depth + 1);
    }
    void check_helper(const clang::FunctionDecl* function,
                      const clang::CallExpr& from) {
        auto* way = function != nullptr
                        ? to_.of().helpers->way_from(*function, coroutine_.ast())
                        : nullptr;
        if (way == nullptr) return;
        finding said{.at = from.getExprLoc(),
                     .text = "'" + function->getNameAsString() +
                             "' blocks the thread that runs " + coroutine_.name() +
                             ", so nothing else runs there",
                     .statement = &from};
        if (way->last.name == "coil::run")
            said.text = "'" + function->getNameAsString() +
                        "' calls 'coil::run', which ends the program when it is called "
                        "in a running strand, as in " +
                        coroutine_.name();
        for (auto* each : way->calls) {
            const bool is_last = each == way->calls.back();
            const std::string called =
                is_last ? way->last.name : each->getDirectCallee()->getNameAsString();
            said.notes.push_back(
                {each->getExprLoc(),
                 (said.notes.empty() ? "it calls '" : "which calls '") + called +
                     "' here" +
                     (is_last && called != "coil::run" ? ", which blocks" : "")});
        }
        said.mend =
            "make it a coroutine that awaits instead, or let a thread of the "
            "pool wait: co_await coil::blocking([&] { ... })";
        to_.add(said);
    }
    /// A file is read with many calls, which are one mistake.
    bool is_new_reader(const clang::CallExpr& call) {
        for (auto* each : call.arguments()) {
            auto* variable = local_named_by(each);
            auto* record =
                variable != nullptr ? class_of(variable->getType()) : nullptr;
            if (record != nullptr &&
                llvm::StringRef(plain_name(*record)).ends_with("fstream"))
                return read_.insert(variable).second;
        }
        auto* object = object_of(call);
        auto* variable = object != nullptr ? local_named_by(object) : nullptr;
        auto* record = variable != nullptr ? class_of(variable->getType()) : nullptr;
        return record == nullptr ||
               !llvm::StringRef(plain_name(*record)).ends_with("fstream") ||
               read_.insert(variable).second;
    }
    void say(const clang::CallExpr& call, const blocking_call& found,
             const clang::CallExpr* outer) {
        finding said{.at = call.getExprLoc(),
                     .text = "'" + found.name + "' blocks the thread that runs " +
                             coroutine_.name() + ", so nothing else runs there"};
        if (found.name == "coil::run")
            said.text =
                "'coil::run' ends the program when it is called in a running "
                "strand, as in " +
                coroutine_.name();
        if (outer != nullptr)
            said.notes.push_back({outer->getExprLoc(), "it is called from here"});
        said.mend = found.mend;
        said.statement = outer == nullptr ? &call : outer;
        to_.add(said);
    }

    const body& coroutine_;
    report& to_;
    llvm::DenseSet<const clang::VarDecl*> read_;
};

bool is_named(const clang::CXXRecordDecl* record, const llvm::StringSet<>& names) {
    return record != nullptr && names.contains(plain_name(*record));
}
bool is_guard(clang::QualType type) {
    auto* record = type->isReferenceType() ? nullptr : class_of(type);
    return record != nullptr && is_std_lock(plain_name(*record));
}
bool is_mutex(clang::QualType type) {
    static const llvm::StringSet<> names = {
        "std::mutex",        "std::recursive_mutex",       "std::timed_mutex",
        "std::shared_mutex", "std::recursive_timed_mutex", "std::shared_timed_mutex"};
    return is_named(class_of(type), names);
}

/// Whether a guard that is made like this has locked something.
bool is_made_locked(const clang::VarDecl& guard) {
    auto* made =
        dyn_cast_or_null<clang::CXXConstructExpr>(without_wrappers(guard.getInit()));
    if (made == nullptr) return true;  // by a call
    if (made->getNumArgs() == 0) return false;
    return llvm::none_of(made->arguments(), [](const clang::Expr* argument) {
        auto* record = class_of(argument->getType());
        return record != nullptr && plain_name(*record) == "std::defer_lock_t";
    });
}

/// The mutex that a lock or unlock is called on: a variable or a member.
const clang::ValueDecl* mutex_of(const clang::CXXMemberCallExpr& call) {
    auto* object = without_wrappers(call.getImplicitObjectArgument());
    if (object == nullptr || !is_mutex(object->getType())) return nullptr;
    if (auto* member = dyn_cast<clang::MemberExpr>(object))
        return member->getMemberDecl();
    auto* reference = dyn_cast<clang::DeclRefExpr>(object);
    return reference != nullptr ? reference->getDecl() : nullptr;
}

/// The coroutine's guards and mutexes of the standard library, and which of them are
/// locked where it waits.
class locks {
public:
    locks(const body& in, bool counts_guards) : in_(in) {
        if (counts_guards)
            for (auto* local : in.locals())
                if (is_guard(local->getType())) add(*local);
        for (auto* call : in.calls())
            if (auto* member = dyn_cast<clang::CXXMemberCallExpr>(call))
                if (auto* mutex = mutex_of(*member)) add(*mutex);
    }

    void check(report& to) {
        if (all_.empty() || in_.suspensions().empty() || in_.control() == nullptr)
            return;
        const flow& control = *in_.control();
        const auto count = static_cast<unsigned>(all_.size());
        const auto step = [this](const clang::CFGElement& element, flow::facts& held) {
            apply(element, held);
        };
        const auto begins = control.forward(count, flow::meet::any, step);
        flow::facts said(count);
        for (const clang::CFGBlock* block : control.graph()) {
            flow::facts held = begins[block->getBlockID()];
            for (const auto& element : *block) {
                if (auto* waits = control.suspension_at(element)) {
                    flow::facts fresh = held;
                    fresh.reset(said);
                    for (const unsigned each : fresh.set_bits()) say(each, *waits, to);
                    said |= held;
                }
                apply(element, held);
            }
        }
    }

private:
    void add(const clang::ValueDecl& lock) {
        if (index_.try_emplace(&lock, all_.size()).second) all_.push_back(&lock);
    }
    void apply(const clang::CFGElement& element, flow::facts& held) const {
        if (const auto ended = element.getAs<clang::CFGLifetimeEnds>())
            return set(ended->getVarDecl(), false, held);
        if (const auto ended = element.getAs<clang::CFGAutomaticObjDtor>())
            return set(ended->getVarDecl(), false, held);
        const auto statement = element.getAs<clang::CFGStmt>();
        if (!statement) return;
        if (auto* declares = dyn_cast<clang::DeclStmt>(statement->getStmt())) {
            for (auto* each : declares->decls())
                if (auto* guard = dyn_cast<clang::VarDecl>(each);
                    guard != nullptr && index_.count(guard) != 0)
                    set(guard, is_made_locked(*guard), held);
        } else if (auto* call = dyn_cast<clang::CallExpr>(statement->getStmt())) {
            apply(*call, held);
        }
    }
    void apply(const clang::CallExpr& call, flow::facts& held) const {
        if (is_move(call)) return set(local_named_by(call.getArg(0)), false, held);
        auto* member = dyn_cast<clang::CXXMemberCallExpr>(&call);
        auto* method = member ? member->getMethodDecl() : nullptr;
        if (method == nullptr || !method->getDeclName().isIdentifier()) return;
        const clang::ValueDecl* lock = mutex_of(*member);
        if (lock == nullptr) lock = local_named_by(member->getImplicitObjectArgument());
        const llvm::StringRef name = method->getName();
        if (name == "lock" || name == "lock_shared") set(lock, true, held);
        if (name == "unlock" || name == "unlock_shared" || name == "release")
            set(lock, false, held);
    }
    void set(const clang::ValueDecl* lock, bool is_held, flow::facts& held) const {
        const auto found = index_.find(lock);
        if (found != index_.end()) held[found->second] = is_held;
    }
    void say(unsigned which, const clang::CoroutineSuspendExpr& waits,
             report& to) const {
        const clang::ValueDecl& lock = *all_[which];
        const std::string name = lock.getNameAsString();
        const char* const word =
            llvm::isa<clang::CoawaitExpr>(waits) ? "co_await" : "co_yield";
        to.add({.at = waits.getKeywordLoc(),
                .text = "'" + name + "' stays locked while " + in_.name() +
                        " waits here, and who wants the lock blocks this thread",
                .notes = {{lock.getLocation(), "the lock is this one"}},
                .mend = "unlock it before the " + std::string(word) +
                        ", or await a coil::mutex: auto guard = co_await mutex.lock()",
                .statement = &waits});
    }

    const body& in_;
    llvm::SmallVector<const clang::ValueDecl*, 4> all_;
    llvm::DenseMap<const clang::ValueDecl*, unsigned> index_;
};

void check_ends(const body& in, report& to) {
    for (const blocking_end& each : blocking_ends(in)) {
        const std::string what = each.variable != nullptr
                                     ? "'" + each.variable->getNameAsString() + "'"
                                     : std::string("what 'std::async' gives");
        to.add({.at = each.variable != nullptr ? each.variable->getLocation()
                                               : each.async->getExprLoc(),
                .text = "the end of " + what + " blocks the thread that runs " +
                        in.name() + ": it waits for the other thread",
                .mend = each.async != nullptr
                            ? "run the job on the pool: co_await coil::blocking(job)"
                            : "let a thread of the pool do that: co_await "
                              "coil::blocking([&] { ... })",
                .statement = each.async,
                .declaration = each.variable});
    }
}

void check_body(const body& in, report& to) {
    if (!in.is_coroutine()) return;
    calls_of(in, to).check();
    check_ends(in, to);
    check_not_across(in, to);
    // Where what is held has to be sendable, a guard is another rule's finding.
    const bool moves =
        to.of().types->moves_between_threads(in.function().getReturnType());
    locks(in, !moves).check(to);
}

}  // namespace

const rule blocking{"blocking", level::warning, &check_body};

}  // namespace coil_check
