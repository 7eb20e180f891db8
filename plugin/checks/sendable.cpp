// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/sendable.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/crossing.hpp>
#include <plugin/core/held.hpp>
#include <plugin/core/many_threads.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/shared_children.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/thread_locals.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast;

namespace {

/// Checks one coroutine that may move between threads.
class coroutine_check {
public:
    coroutine_check(const body& in, report& to)
        : in_(in),
          to_(to),
          types_(*to.of().types) {}

    void run() {
        check_result();
        for (auto* each : in_.function().parameters()) check_parameter(*each);
        check_object();
        const auto matters = [&](clang::QualType type, const clang::VarDecl* variable) {
            return !types_.may(crossing::moves, type) ||
                   (variable != nullptr && (thread_local_behind(*variable) != nullptr ||
                                            shared_behind(*variable) != nullptr));
        };
        for (const auto& each : held_across(in_, to_.of(), matters)) check_held(each);
        for (const auto& each : stale_thread_locals(in_)) check_stale(each);
    }

private:
    std::string may_move_on() const {
        return "a '" + text_of(in_.function().getReturnType(), in_.ast()) +
               "' may go on on another thread after each co_await: ";
    }
    /// Returns whether it is a lock.
    bool add_obstacle(finding& found, clang::SourceLocation at, clang::QualType type) {
        const auto why = types_.find_obstacle(crossing::moves, type);
        if (!why) return false;
        found.notes.push_back({at, text_of(*why, type, in_.ast())});
        if (why->at.isValid())
            found.notes.push_back({why->at, why->path.back() + " is declared here"});
        return why->is_lock;
    }
    void check_fixed(clang::SourceLocation at, const std::string& name,
                     clang::QualType type, const clang::Decl* declaration,
                     const char* mend) {
        if (types_.may(crossing::moves, type)) return;
        finding found{.at = at,
                      .text = name + " may not move to another thread",
                      .mend = may_move_on() + mend,
                      .declaration = declaration};
        add_obstacle(found, {}, type);
        to_.add(found);
    }
    void check_result() {
        auto* made = dyn_cast<clang::ClassTemplateSpecializationDecl>(
            class_of(in_.function().getReturnType()));
        if (made == nullptr) return;
        for (const auto& each : made->getTemplateArgs().asArray())
            if (each.getKind() == clang::TemplateArgument::Type)
                check_fixed(in_.function().getLocation(),
                            "what " + in_.name() + " gives", each.getAsType(), nullptr,
                            "make it a coil::local_task, or give something else");
    }
    void check_parameter(const clang::ParmVarDecl& parameter) {
        const std::string name = parameter.getNameAsString();
        check_fixed(parameter.getLocation(),
                    name.empty() ? "a parameter" : "parameter '" + name + "'",
                    parameter.getType(), &parameter,
                    "take something else, or make it a coil::local_task");
    }
    /// `*this`, or what a lambda captured.
    void check_object() {
        auto* method = dyn_cast<clang::CXXMethodDecl>(&in_.function());
        if (method == nullptr || !method->isInstance()) return;
        auto* record = method->getParent();
        const auto type = in_.ast().getRecordType(record);
        const bool is_lambda = record->isLambda();
        check_fixed(
            method->getLocation(),
            is_lambda ? "what this lambda captures" : "'*this' of " + in_.name(), type,
            nullptr,
            is_lambda ? "capture something else, or make it a coil::local_task"
                      : "make it a coil::local_task");
    }
    void check_held(const held& each) {
        if (auto* all =
                each.variable != nullptr ? shared_behind(*each.variable) : nullptr)
            if (types_.may(crossing::moves, each.type)) return check_shared(each, *all);
        const auto await = each.across->getKeywordLoc();
        finding found{
            .at = await, .statement = each.across, .declaration = each.variable};
        found.text = name_of(each) + " is held across this " + keyword(each) +
                     ", and may not move to another thread";
        const auto at = each.at();
        bool is_lock = false;
        auto* local_to_thread =
            each.variable != nullptr ? thread_local_behind(*each.variable) : nullptr;
        if (local_to_thread != nullptr) {
            found.text = name_of(each) + " is used after this " + keyword(each) +
                         ", maybe on another thread, and refers to this thread's '" +
                         local_to_thread->getNameAsString() + "'";
            found.notes.push_back({at,
                                   "it refers to a thread_local variable, which is "
                                   "another one on each thread"});
        } else {
            is_lock = add_obstacle(found, at, each.type);
        }
        if (found.notes.size() < 2 && each.then.isValid())
            found.notes.push_back({each.then, "it is used here, after that"});
        found.mend =
            may_move_on() + mend_for(each, local_to_thread != nullptr, is_lock);
        to_.add(found);
    }
    /// A thread_local that was set on one thread and is read on another.
    void check_stale(const stale_thread_local& each) {
        const std::string name = "'" + each.variable->getNameAsString() + "'";
        to_.add({.at = each.read->getExprLoc(),
                 .text = name + " is read here, maybe on another thread than the one "
                                "where it was set",
                 .notes = {{each.set->getExprLoc(), "it is set here"},
                           {each.across->getKeywordLoc(),
                            "the coroutine may go on on another thread here, where " +
                                name + " is another variable"}},
                 .mend =
                     "keep the value in a local variable, or in a coil::task_local, "
                     "which all see that run in it",
                 .statement = each.read,
                 .declaration = each.variable});
    }
    /// What a variable refers to that all use, and that is not made for it.
    const clang::VarDecl* shared_behind(const clang::VarDecl& variable) {
        auto* target = static_behind(variable);
        if (target == nullptr) return nullptr;
        // What a pointer is copied from says nothing about what it points to.
        const bool is_copy =
            variable.getType()->isPointerType() && target->getType()->isPointerType();
        if (is_copy) return nullptr;
        const auto part = variable.getType()->getPointeeType();
        const bool is_made_for_it = types_.may(crossing::shared, part) ||
                                    has_mutex(part) || has_mutex(target->getType());
        return is_made_for_it ? nullptr : target;
    }
    /// Whether it has one among its members, and may lock it by itself.
    static bool has_mutex(clang::QualType type, unsigned depth = 0) {
        constexpr unsigned nested_max = 4;
        auto* record = class_of(type);
        if (record == nullptr || !record->hasDefinition() || depth > nested_max)
            return false;
        return llvm::any_of(record->getDefinition()->fields(), [&](auto* member) {
            auto* part = class_of(member->getType());
            return part != nullptr &&
                   (llvm::StringRef(plain_name(*part)).ends_with("mutex") ||
                    has_mutex(member->getType(), depth + 1));
        });
    }
    void check_shared(const held& each, const clang::VarDecl& all) {
        finding found{.at = each.across->getKeywordLoc(),
                      .text = name_of(each) + " is used after this " + keyword(each) +
                              ", maybe on another thread, and refers to '" +
                              all.getNameAsString() +
                              "', which several threads may not use at once",
                      .statement = each.across,
                      .declaration = each.variable};
        const auto part = each.variable->getType()->getPointeeType();
        if (const auto why = types_.find_obstacle(crossing::shared, part)) {
            found.notes.push_back({each.at(), text_of(*why, part, in_.ast())});
            if (why->at.isValid())
                found.notes.push_back(
                    {why->at, why->path.back() + " is declared here"});
        }
        found.mend =
            may_move_on() + "guard what it changes, or make this a coil::local_task";
        to_.add(found);
    }
    static std::string keyword(const held& each) {
        return llvm::isa<clang::CoyieldExpr>(each.across) ? "co_yield" : "co_await";
    }
    std::string name_of(const held& each) const {
        switch (each.is) {
            case held::what::variable: {
                const auto name = each.variable->getName();
                if (name.empty()) return "what this binds";
                return name.starts_with("__") ? "what this loop goes over"
                                              : "'" + name.str() + "'";
            }
            case held::what::temporary: return "a temporary";
            case held::what::operand: return "a value that is needed later";
            case held::what::awaiter: return "what is awaited";
        }
        llvm_unreachable("a kind of what is held without a name");
    }
    static std::string mend_for(const held& each, bool is_of_thread, bool is_lock) {
        if (is_of_thread)
            return "make what has to last a local of the coroutine, or a "
                   "coil::task_local; where nothing has to, name the variable again "
                   "after it";
        if (is_lock)
            return "end its block before, or hold a coil::mutex, which may be held "
                   "then: on one thread this blocks the others, too, while it waits";
        switch (each.is) {
            case held::what::variable:
                return "end its block before, or make this a coil::local_task";
            case held::what::temporary:
            case held::what::operand:
                return "take it in a statement of its own, or make this a "
                       "coil::local_task";
            case held::what::awaiter: return "make this a coil::local_task";
        }
        llvm_unreachable("a kind of what is held without a mend");
    }

    const body& in_;
    report& to_;
    crossings& types_;
};

/// A call of what asks for it: a parameter marked COIL_REQUIRES_SENDABLE.
void check_call(const clang::CallExpr& call, const body& in, report& to) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr) return;
    for (auto* parameter : callee->parameters()) {
        if (!has_mark(*parameter, "requires_sendable")) continue;
        auto type = parameter->getType();
        if (type->isRValueReferenceType()) type = type->getPointeeType();
        const auto why = to.of().types->find_obstacle(crossing::enters, type);
        if (!why) continue;
        const unsigned index = parameter->getFunctionScopeIndex();
        finding found{.at = index < call.getNumArgs() ? call.getArg(index)->getExprLoc()
                                                      : call.getExprLoc(),
                      .text = "this may not go to another thread, where '" +
                              callee->getNameAsString() + "' takes it",
                      .statement = &call};
        found.notes.push_back({{}, text_of(*why, type, in.ast())});
        if (why->at.isValid())
            found.notes.push_back({why->at, why->path.back() + " is declared here"});
        found.mend =
            "give it what it needs by value, or share what is made for it: a "
            "std::atomic, a coil::mutex";
        to.add(found);
    }
}

/// What children change that several threads run at the same time.
void check_shared(const body& in, report& to) {
    for (const auto& each : shared_by_children(in, to.of())) {
        const auto entered = to.of().threads->entered_at(in.function());
        if (entered.isInvalid()) return;
        finding found{.at = each.spawn->getArg(0)->getExprLoc(),
                      .text =
                          "children that may run at the same time on several "
                          "threads change '" +
                          each.of.name() + "'",
                      .statement = each.spawn};
        found.notes.push_back(
            {each.change->getExprLoc(), "changed here, by each of them"});
        if (each.other != nullptr)
            found.notes.push_back({each.other->getExprLoc(), "another one is this"});
        found.notes.push_back({entered, "this runtime has several threads"});
        found.mend =
            "let each child give its part as a result, which its parent puts together, "
            "or guard it with a coil::mutex";
        to.add(found);
    }
}

void check_body(const body& in, report& to) {
    check_shared(in, to);
    for (auto* call : in.calls()) check_call(*call, in, to);
    if (in.is_coroutine() &&
        to.of().types->moves_between_threads(in.function().getReturnType()))
        coroutine_check(in, to).run();
}

}  // namespace

const rule sendable{"sendable", level::error, &check_body};

}  // namespace coil_check
