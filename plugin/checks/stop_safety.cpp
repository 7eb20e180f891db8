// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/stop_safety.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/lock.hpp>
#include <plugin/core/loss.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/never_ends.hpp>
#include <plugin/core/never_waits.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

std::string name_of(const clang::CallExpr& call) {
    if (auto* pipe = dyn_cast<clang::CXXOperatorCallExpr>(&call))
        if (auto* end = dyn_cast_or_null<clang::CallExpr>(
                without_wrappers(pipe->getArg(pipe->getNumArgs() - 1))))
            return name_of(*end);
    auto* callee = call.getDirectCallee();
    if (callee != nullptr && (callee->getOverloadedOperator() == clang::OO_Call ||
                              plain_name(*callee) == "coil::call_once"))
        return "this lambda";
    return callee != nullptr ? "'" + callee->getNameAsString() + "'" : "this";
}

/// The await that a call is a part of, in the same expression.
const clang::CoroutineSuspendExpr* await_of(const clang::CallExpr& call,
                                            const body& in) {
    for (const clang::Stmt* part = in.parent(&call);
         llvm::isa_and_nonnull<clang::Expr>(part); part = in.parent(part))
        if (auto* await = dyn_cast<clang::CoroutineSuspendExpr>(part)) return await;
    return nullptr;
}

/// Where a part of a race was made: also, if a variable was moved there, its
/// initializer.
const clang::Expr* made_by(const clang::Expr& part) {
    auto* variable = local_named_by(&part);
    return variable != nullptr && variable->getInit() != nullptr &&
                   !variable->getType()->isReferenceType()
               ? variable->getInit()
               : &part;
}

void say(const loss& lost, const clang::CallExpr& stopper, const clang::Stmt& again,
         report& to) {
    const std::string what = name_of(*lost.by);
    const std::string from = "'" + lost.from.name() + "'";
    finding found{
        .at = lost.by->getExprLoc(),
        .text = lost.ends ? what + " ends " + from +
                                " when it is stopped, and that is read again"
                          : what + " loses what it has " +
                                (lost.into != nullptr ? "collected from " : "had of ") +
                                from + " when it is stopped, and that is used again",
        .statement = &stopper};
    found.notes.push_back(
        {stopper.getExprLoc(), "stopped here, by " + name_of(stopper)});
    const bool is_loop = &again == lost.by;
    found.notes.push_back(
        {again.getBeginLoc(), from + (is_loop ? " is used again here, in "
                                                "the next round"
                                              : " is used again here")});
    const std::string inner = lost.inner != nullptr ? name_of(*lost.inner) : "";
    if (lost.into != nullptr) {
        const std::string into = "'" + lost.into->getNameAsString() + "'";
        found.notes.push_back(
            {lost.into->getLocation(), "what " + inner + " gives is only in " + into +
                                           " until then, which a stop destroys"});
        found.mend = "stop only " + inner + ", and not all of " + what + ", or let " +
                     into + " be a variable of the caller, given by reference";
        return to.add(found);
    }
    if (lost.inner != nullptr)
        found.notes.push_back(
            {lost.inner->getExprLoc(), what + " awaits " + inner + ", here"});
    if (lost.ends) {
        found.mend = "have a task of its own read " + from +
                     " and send what it gives to a coil::channel, whose next() loses "
                     "nothing";
        return to.add(found);
    }
    found.mend = "use " + from +
                 " no further then, or keep what it gave in an object that outlives "
                 "the stop, as a coil::buffer that read_some() fills, or let a loop of "
                 "its own do this, which nobody stops";
    to.add(found);
}

/// What computes, and nothing else.
void say_never_waits(const clang::Expr& made, const clang::Stmt& loop,
                     const clang::CallExpr& stopper, report& to) {
    auto* call = dyn_cast_or_null<clang::CallExpr>(without_wrappers(&made));
    if (call == nullptr) return;
    const bool is_time_out = name_of(stopper) == "'with_timeout'";
    to.add({.at = made.getExprLoc(),
            .text = name_of(*call) + " never waits, so " +
                    (is_time_out ? "this time-out" : name_of(stopper)) +
                    " cannot stop it",
            .notes = {{loop.getBeginLoc(), "no co_await comes by while this goes on"}},
            .mend = "ask co_await coil::stop_requested() now and then, or let a thread "
                    "of the pool do it: co_await coil::blocking([&] { ... })",
            .statement = &stopper});
}

void check_stopper(const clang::CallExpr& stopper, const body& in, report& to) {
    auto* await = await_of(stopper, in);
    if (await == nullptr) return;
    llvm::SmallVector<const clang::Expr*, 4> parts;
    for (const clang::Expr* each : stopper.arguments())
        if (each->getType()->isRecordType()) parts.push_back(made_by(*each));
    for (auto* each : parts)
        if (auto* loop = computing_without_awaits(*each))
            say_never_waits(*each, *loop, stopper, to);
    const auto count = static_cast<unsigned>(parts.size());
    for (unsigned i = 0; i < count; ++i) {
        for (const loss& lost : losses_in(*parts[i])) {
            auto* again = used_again(lost, *await, {i, count}, in);
            // Behind a loop one asks a stream once more, to see that it has ended.
            if (again == nullptr || (lost.ends && again != lost.by)) continue;
            say(lost, stopper, *again, to);
            return;
        }
    }
}

/// Code behind what nothing comes back from.
void say_never_reached(const never_reached& each, report& to) {
    const bool is_server = each.loop != nullptr;
    const std::string name = is_server ? name_of(*each.call) : "";
    finding found{.at = each.behind->getBeginLoc(),
                  .text = "this is never reached: " +
                          (is_server ? name + " goes on for ever"
                                     : "nothing comes back from the await before it"),
                  .notes = {{each.await->getKeywordLoc(), "awaited here"}},
                  .mend = "do it before that await",
                  .statement = each.behind};
    if (is_server) {
        found.notes.push_back(
            {each.loop->getBeginLoc(), "no way leads out of this loop"});
        found.mend += ", or let " + name + " run beside it, as a child of a group";
    }
    to.add(found);
}

/// Who waits for the mutex: a coroutine that is called, or this one.
std::string waiter_of(const self_wait& each) {
    auto* call = awaited_call(*each.await);
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    return callee == nullptr || call == each.by || is_in_coil(*callee) ? "this"
                                                                       : name_of(*call);
}

void check_body(const body& in, report& to) {
    if (!in.is_coroutine()) return;
    for (const auto& each : never_reached_in(in)) say_never_reached(each, to);
    for (auto* call : in.calls()) {
        auto* callee = call->getDirectCallee();
        if (callee != nullptr && has_mark(*callee, "stops_parts"))
            check_stopper(*call, in, to);
    }
    for (const self_wait& each : self_waits(in)) {
        const std::string mutex = "'" + each.mutex.name() + "'";
        const std::string guard = "'" + each.guard->getNameAsString() + "'";
        to.add(
            {.at = each.await->getKeywordLoc(),
             .text = waiter_of(each) + " waits for " + mutex +
                     ", which this coroutine already holds (" + guard +
                     "): it waits for itself for ever",
             .notes = {{each.guard->getLocation(), guard + " holds it from here on"},
                       {each.by->getExprLoc(), "it is waited for here"}},
             .mend = "move what is done behind the lock into a function that does not "
                     "lock; or, if nothing has to stay as it is in between, let " +
                     guard + " end before, in a block of its own",
             .statement = each.await});
    }
}

}  // namespace

const rule stop_safety{"stop-safety", level::warning, &check_body};

}  // namespace coil_check
