// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/beside_itself.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/call_sites.hpp>
#include <plugin/core/holders.hpp>
#include <plugin/core/loans.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/others.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/repeated.hpp>
#include <plugin/core/syntax.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/StringSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

constexpr std::size_t ways_max = 40;

/// What an expression names, also by a copy of a std::shared_ptr.
place object_named_by(const clang::Expr& expression) {
    const clang::Expr* named = without_wrappers(&expression);
    if (auto* copy = dyn_cast<clang::CXXConstructExpr>(named);
        copy != nullptr && is_shared_pointer(copy->getType()) &&
        copy->getConstructor()->isCopyConstructor())
        named = without_wrappers(copy->getArg(0));
    auto* call = dyn_cast<clang::CallExpr>(named);
    auto* object = call != nullptr ? object_of(*call) : nullptr;
    const bool is_followed = object != nullptr && is_shared_pointer(object->getType());
    return place::of(is_followed ? object : named);
}

/// Where a function is called or a lambda made, and what the object is there.
struct site {
    const clang::FunctionDecl* by;
    const clang::Expr* at;
    place of;
};

/// A function and what it calls the object.
struct way {
    const clang::FunctionDecl* function;
    place of;
};

/// What keeps coroutines apart, or in step.
bool is_for_keeping_apart(clang::QualType type) {
    static const llvm::StringSet<> all = {"coil::barrier",
                                          "coil::event",
                                          "coil::notify",
                                          "coil::watch",
                                          "coil::oneshot",
                                          "coil::broadcast",
                                          "coil::once_cell",
                                          "coil::remote_event",
                                          "coil::channel",
                                          "coil::stop_source",
                                          "std::latch",
                                          "std::barrier",
                                          "std::counting_semaphore"};
    auto* record = class_of(type->isPointerType() ? type->getPointeeType() : type);
    return record != nullptr &&
           (all.contains(plain_name(*record)) || is_like_lock(type));
}

/// Whether something is used there that others have, too, and that may do that.
bool is_kept_apart(const body& in) {
    static const llvm::StringSet<> calls = {"lock",           "lock_shared", "acquire",
                                            "enter",          "with_lock",   "wait",
                                            "arrive_and_wait"};
    if (llvm::any_of(in.locals(),
                     [](auto* each) { return is_like_lock(each->getType()); }) ||
        llvm::any_of(in.calls(),
                     [](auto* each) { return calls.contains(name_of(*each)); }))
        return true;
    return llvm::any_of(in.statements(), [](const clang::Stmt* each) {
        if (auto* member = dyn_cast<clang::MemberExpr>(each))
            return is_for_keeping_apart(member->getType());
        auto* named = dyn_cast<clang::DeclRefExpr>(each);
        return named != nullptr && may_be_of_others(*named) &&
               is_for_keeping_apart(named->getDecl()->getType());
    });
}

class searcher {
public:
    explicit searcher(const unit& of) : of_(of) {}

    const clang::Expr* find(const clang::FunctionDecl& runs,
                            const clang::CXXMethodDecl& changes) {
        const auto to_running = ways_to(runs);
        if (to_running.empty()) return nullptr;
        for (const way& each : ways_to(changes)) {
            const bool leads_to_both = llvm::any_of(to_running, [&](const way& other) {
                return other.function == each.function && other.of == each.of;
            });
            if (!leads_to_both || is_under_condition(each, changes)) continue;
            visited_.clear();
            if (auto* found = repeats(each)) return found;
        }
        return nullptr;
    }

private:
    const body& seen(const clang::FunctionDecl& function) {
        auto& known = bodies_[&function];
        if (known == nullptr) known = std::make_unique<body>(function, of_.ast);
        return *known;
    }
    static const clang::FunctionDecl* definition(const clang::FunctionDecl& function) {
        const clang::FunctionDecl* defined = nullptr;
        return function.hasBody(defined) && !defined->isDependentContext() ? defined
                                                                           : nullptr;
    }

    /// All functions that lead there, with what they call the object.
    llvm::SmallVector<way, 8> ways_to(const clang::FunctionDecl& function) {
        llvm::SmallVector<way, 8> found;
        auto* defined = definition(function);
        if (defined == nullptr) return found;
        found.push_back({defined, place::of_object()});
        for (std::size_t i = 0; i < found.size() && found.size() < ways_max; ++i) {
            const way inner = found[i];
            for (const site& each : sites_of(inner)) {
                if (is_kept_apart(seen(*each.by)) ||
                    llvm::any_of(found, [&](const way& other) {
                        return other.function == each.by && other.of == each.of;
                    }))
                    continue;
                found.push_back({each.by, each.of});
            }
        }
        return found;
    }
    /// Where a function is run, as far as the object has a name there.
    llvm::SmallVector<site, 4> sites_of(const way& inner) {
        llvm::SmallVector<site, 4> found;
        auto* method = dyn_cast<clang::CXXMethodDecl>(inner.function);
        if (method != nullptr && method->getParent()->isLambda())
            return sites_of_lambda(*method, inner.of);
        if (!is_from_outside(inner)) return found;
        for (auto* caller : of_.calls->callers_of(*inner.function, of_.ast)) {
            auto* by = definition(*caller);
            if (by == nullptr) continue;
            for (auto* call : seen(*by).calls()) {
                if (body_of(*call) != inner.function) continue;
                const place of = seen_by(*call, inner);
                if (!of.is_empty() && is_steady(of, seen(*by)))
                    found.push_back({by, call, of});
            }
        }
        return found;
    }
    llvm::SmallVector<site, 4> sites_of_lambda(const clang::CXXMethodDecl& operation,
                                               const place& of) {
        llvm::SmallVector<site, 4> found;
        auto* outer = operation.getParent()->getDeclContext();
        while (outer != nullptr && !isa<clang::FunctionDecl>(outer))
            outer = outer->getParent();
        auto* around = dyn_cast_or_null<clang::FunctionDecl>(outer);
        auto* by = around != nullptr ? definition(*around) : nullptr;
        if (by == nullptr || !is_captured(*operation.getParent(), of)) return found;
        for (auto* each : seen(*by).lambdas())
            if (each->getLambdaClass() == operation.getParent() &&
                is_steady(of, seen(*by)))
                found.push_back({by, each, of});
        return found;
    }
    static bool is_captured(const clang::CXXRecordDecl& closure, const place& of) {
        return llvm::any_of(closure.captures(), [&](const clang::LambdaCapture& one) {
            if (one.capturesThis())
                return of.is_member_of_this() &&
                       one.getCaptureKind() == clang::LCK_This;
            if (!one.capturesVariable() || one.getCapturedVar() != of.variable())
                return false;
            const auto type = of.variable()->getType();
            return one.getCaptureKind() == clang::LCK_ByRef || type->isPointerType() ||
                   is_shared_pointer(type);
        });
    }
    /// Whether a function was given the object, rather than having one of its own.
    static bool is_from_outside(const way& inner) {
        if (inner.of.is_member_of_this()) return true;
        auto* parameter = dyn_cast_or_null<clang::ParmVarDecl>(inner.of.variable());
        if (parameter == nullptr) return false;
        const auto type = parameter->getType();
        return type->isLValueReferenceType() || type->isPointerType() ||
               is_shared_pointer(type);
    }
    static place seen_by(const clang::CallExpr& call, const way& inner) {
        if (inner.of.is_member_of_this()) {
            auto* object = object_of(call);
            if (object == nullptr) return {};
            return isa<clang::CXXThisExpr>(without_wrappers(object))
                       ? inner.of
                       : inner.of.seen_as(nullptr, object_named_by(*object));
        }
        auto* parameter = dyn_cast<clang::ParmVarDecl>(inner.of.variable());
        auto* given = parameter != nullptr
                          ? argument_for(call, parameter->getFunctionScopeIndex())
                          : nullptr;
        return given != nullptr ? inner.of.seen_as(parameter, object_named_by(*given))
                                : place();
    }
    /// Whether the name means the same object all the time.
    static bool is_steady(const place& of, const body& in) {
        auto* variable = dyn_cast_or_null<clang::VarDecl>(of.variable());
        if (variable == nullptr || variable->getType()->isReferenceType()) return true;
        return llvm::none_of(in.statements(), [&](const clang::Stmt* each) {
            return !isa<clang::DeclStmt>(each) && renews(*each, *variable);
        });
    }

    /// Where a function runs beside itself on the same object.
    const clang::Expr* repeats(const way& inner) {
        if (visited_.size() > ways_max || !visited_.insert(inner.function).second)
            return nullptr;
        const auto all = sites_of(inner);
        for (const site& each : all) {
            const body& in = seen(*each.by);
            auto* spawn = spawn_around(*each.at, in);
            if (spawn == nullptr || is_kept(*spawn, in)) continue;
            if (is_spawned_again(*spawn, each.of, in) && comes_again(*spawn, in))
                return spawn;
        }
        for (const site& one : all)
            for (const site& other : all)
                if (&one != &other && one.by == other.by && one.of == other.of &&
                    run_together(one, other, seen(*one.by)))
                    return other.at;
        for (const site& each : all) {
            if (is_kept_apart(seen(*each.by))) continue;
            if (auto* found = repeats({each.by, each.of})) return found;
        }
        return nullptr;
    }
    static const clang::CallExpr* spawn_around(const clang::Expr& at, const body& in) {
        for (auto* each = in.parent(&at); llvm::isa_and_nonnull<clang::Expr>(each);
             each = in.parent(each)) {
            auto* call = dyn_cast<clang::CallExpr>(each);
            if (call != nullptr && is_spawner(call->getDirectCallee())) return call;
        }
        return nullptr;
    }
    /// Whether its function may wait for what was spawned, by what `spawn` gives; or
    /// something keeps children apart there.
    static bool is_kept(const clang::CallExpr& spawn, const body& in) {
        return !spawn.getType()->isVoidType() || is_kept_apart(in);
    }
    /// Not with a `break` or `return` behind it.
    static bool comes_again(const clang::Expr& spawn, const body& in) {
        const clang::Stmt* part = &spawn;
        for (auto* around = in.parent(part); around != nullptr && !is_loop(*around);
             part = around, around = in.parent(around)) {
            auto* block = dyn_cast<clang::CompoundStmt>(around);
            if (block == nullptr) continue;
            const auto at = llvm::find(block->body(), part);
            if (std::any_of(at, block->body_end(), [](const clang::Stmt* each) {
                    return isa<clang::BreakStmt, clang::ReturnStmt,
                               clang::CoreturnStmt>(each);
                }))
                return false;
        }
        return true;
    }
    /// Two parts of one join, or two children with no await in between.
    static bool run_together(const site& one, const site& other, const body& in) {
        const auto way_apart = fork_of(*one.at, *other.at, in);
        if (auto* call = dyn_cast_or_null<clang::CallExpr>(way_apart.at)) {
            auto* callee = call->getDirectCallee();
            const std::string name = callee != nullptr ? plain_name(*callee) : "";
            return name == "coil::join" || name == "coil::race" ||
                   name == "coil::parallel" || name == "coil::join_outcomes";
        }
        auto* first = spawn_around(*one.at, in);
        auto* second = spawn_around(*other.at, in);
        const auto& sources = in.ast().getSourceManager();
        return first != nullptr && second != nullptr && first != second &&
               isa_and_nonnull<clang::CompoundStmt>(way_apart.at) &&
               sources.isBeforeInTranslationUnit(first->getExprLoc(),
                                                 second->getExprLoc()) &&
               !is_kept(*first, in) && !is_kept(*second, in) &&
               llvm::none_of(in.suspensions(), [&](const clang::Expr* each) {
                   const auto at = each->getExprLoc();
                   return sources.isBeforeInTranslationUnit(first->getExprLoc(), at) &&
                          sources.isBeforeInTranslationUnit(at, second->getExprLoc());
               });
    }

    /// Whether the change depends on what others know: who is the last one clears all.
    bool is_under_condition(const way& way_there, const clang::CXXMethodDecl& changes) {
        for (auto* each : seen(*way_there.function).calls()) {
            auto* callee = body_of(*each);
            const bool may_change = callee != nullptr && leads_to(*callee, changes);
            if (may_change && has_foreign_condition(*each, way_there)) return true;
        }
        return false;
    }
    bool leads_to(const clang::FunctionDecl& function,
                  const clang::CXXMethodDecl& changes) {
        auto* defined = definition(changes);
        return &function == defined ||
               llvm::any_of(ways_to(changes), [&](const way& each) {
                   return each.function == &function;
               });
    }
    bool has_foreign_condition(const clang::CallExpr& call, const way& way_there) {
        const body& in = seen(*way_there.function);
        const clang::Stmt* part = &call;
        for (auto* around = in.parent(part); around != nullptr;
             part = around, around = in.parent(around)) {
            auto* choice = dyn_cast<clang::IfStmt>(around);
            if (choice != nullptr && choice->getCond() != part &&
                names_foreign(*choice->getCond(), way_there.of))
                return true;
        }
        return false;
    }
    /// What is neither a local nor the object.
    static bool names_foreign(const clang::Stmt& condition, const place& of) {
        if (isa<clang::CXXThisExpr>(condition)) return !of.is_member_of_this();
        auto* named = dyn_cast<clang::DeclRefExpr>(&condition);
        if (named != nullptr && named->getDecl() != of.variable() &&
            may_be_of_others(*named))
            return true;
        return llvm::any_of(condition.children(), [&](const clang::Stmt* each) {
            return each != nullptr && names_foreign(*each, of);
        });
    }

    const unit& of_;
    llvm::DenseMap<const clang::FunctionDecl*, std::unique_ptr<body>> bodies_;
    llvm::DenseSet<const clang::FunctionDecl*> visited_;
};

}  // namespace

const clang::Expr* runs_beside_itself(const clang::FunctionDecl& runs,
                                      const clang::CXXMethodDecl& changes,
                                      const unit& of) {
    return searcher(of).find(runs, changes);
}

}  // namespace coil_check
