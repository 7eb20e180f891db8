// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/lock.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

constexpr unsigned depth_max = 4;  // of functions that call each other

struct locking {
    const clang::CallExpr* by = nullptr;
    place mutex;
    bool is_shared = false;
};

locking locked_by(const clang::CallExpr& call) {
    auto* callee = call.getDirectCallee();
    if (callee == nullptr || !llvm::isa<clang::CXXMemberCallExpr>(call)) return {};
    const bool is_shared = has_mark(*callee, "locks_shared");
    if (!is_shared && !has_mark(*callee, "locks")) return {};
    return {&call, place::of(object_of(call)), is_shared};
}

/// A guard that a function holds.
struct guarding {
    const clang::VarDecl* guard;
    locking how;
};

std::vector<guarding> guards_of(const body& in) {
    std::vector<guarding> found;
    for (auto* variable : in.locals()) {
        auto* call = call_awaited_by(variable->getInit());
        if (call == nullptr || variable->getType()->isReferenceType()) continue;
        const locking how = locked_by(*call);
        if (!how.mutex.is_empty()) found.push_back({variable, how});
    }
    return found;
}

/// Finds a call that waits for a mutex, in what an await runs.
class waiter_finder {
public:
    explicit waiter_finder(bool is_shared) : is_shared_(is_shared) {}

    const clang::CallExpr* find(const clang::Stmt& part, const place& mutex,
                                unsigned depth = 0) {
        if (auto* call = dyn_cast<clang::CallExpr>(&part)) {
            auto* callee = call->getDirectCallee();
            // Another part of it ends the wait.
            if (callee != nullptr && has_mark(*callee, "stops_parts")) return nullptr;
            const locking how = locked_by(*call);
            if (how.mutex == mutex && !(how.is_shared && is_shared_)) return call;
            if (auto* found = find_in_body(*call, mutex, depth)) return found;
        }
        if (auto* lambda = dyn_cast<clang::LambdaExpr>(&part);
            lambda != nullptr && lambda->getBody() != nullptr &&
            !lambda->isGenericLambda()) {
            if (auto* found = find(written(*lambda->getBody()), mutex, depth))
                return found;
        }
        for (auto* each : parts_of(part))
            if (auto* found = find(*each, mutex, depth)) return found;
        return nullptr;
    }

private:
    static const clang::Stmt& written(const clang::Stmt& body) {
        auto* coroutine = dyn_cast<clang::CoroutineBodyStmt>(&body);
        return coroutine != nullptr ? *coroutine->getBody() : body;
    }
    const clang::CallExpr* find_in_body(const clang::CallExpr& call, const place& mutex,
                                        unsigned depth) {
        auto* function = body_of(call);
        if (function == nullptr || depth >= depth_max ||
            !llvm::isa<clang::CoroutineBodyStmt>(function->getBody()))
            return nullptr;
        const clang::Stmt& body = written(*function->getBody());
        auto* object = object_of(call);
        const bool is_own = object != nullptr &&
                            llvm::isa<clang::CXXThisExpr>(without_wrappers(object));
        if (is_own && mutex.is_member_of_this())
            if (auto* found = find(body, mutex, depth + 1)) return found;
        for (unsigned i = 0; i < function->getNumParams(); ++i) {
            auto* parameter = function->getParamDecl(i);
            auto* given = argument_for(call, i);
            if (given == nullptr || !leads_elsewhere(parameter->getType())) continue;
            const place inside = mutex.seen_from(place::of(given), parameter);
            if (inside.is_empty()) continue;
            if (auto* found = find(body, inside, depth + 1)) return found;
        }
        return nullptr;
    }

    bool is_shared_;
};

/// What an element of the control flow makes of the guards that are held.
void step(const clang::CFGElement& element, const std::vector<guarding>& guards,
          flow::facts& now) {
    if (const auto ending = element.getAs<clang::CFGAutomaticObjDtor>()) {
        for (unsigned i = 0; i < guards.size(); ++i)
            if (ending->getVarDecl() == guards[i].guard) now.reset(i);
        return;
    }
    const auto statement = element.getAs<clang::CFGStmt>();
    if (!statement) return;
    const clang::Stmt* at = statement->getStmt();
    if (auto* declares = dyn_cast<clang::DeclStmt>(at)) {
        for (unsigned i = 0; i < guards.size(); ++i)
            if (llvm::is_contained(declares->decls(), guards[i].guard)) now.set(i);
        return;
    }
    auto* call = dyn_cast<clang::CallExpr>(at);
    if (call == nullptr) return;
    // Moved away, given back, assigned: it may hold nothing.
    const clang::VarDecl* variable = nullptr;
    if (is_move(*call)) {
        variable = local_named_by(call->getArg(0));
    } else if (auto* object = object_of(*call)) {
        auto* method = dyn_cast_or_null<clang::CXXMethodDecl>(call->getDirectCallee());
        if (method == nullptr || !method->isConst()) variable = local_named_by(object);
    }
    for (unsigned i = 0; i < guards.size(); ++i)
        if (variable == guards[i].guard) now.reset(i);
}

}  // namespace

std::vector<self_wait> self_waits(const body& in) {
    std::vector<self_wait> found;
    if (!in.is_coroutine() || in.suspensions().size() < 2) return found;
    const auto guards = guards_of(in);
    auto* control = guards.empty() ? nullptr : in.control();
    if (control == nullptr) return found;
    const auto count = static_cast<unsigned>(guards.size());
    const auto by_guards = [&](const clang::CFGElement& element, flow::facts& now) {
        step(element, guards, now);
    };
    const auto begins = control->forward(count, flow::meet::all, by_guards);
    for (const clang::CFGBlock* block : control->graph()) {
        if (block->pred_empty() && block != &control->graph().getEntry()) continue;
        flow::facts now = begins[block->getBlockID()];
        for (const auto& element : *block) {
            if (auto* await = control->suspension_at(element)) {
                for (unsigned i : now.set_bits()) {
                    const locking& how = guards[i].how;
                    auto* by = waiter_finder(how.is_shared)
                                   .find(*await->getOperand(), how.mutex);
                    if (by != nullptr)
                        found.push_back({await, guards[i].guard, how.mutex, by});
                }
            }
            step(element, guards, now);
        }
    }
    return found;
}

}  // namespace coil_check
