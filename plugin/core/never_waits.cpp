// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/never_waits.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa;

namespace {

constexpr unsigned depth_max = 2;     // of functions that the coroutine calls
constexpr unsigned turns_min = 1000;  // what takes less is done at once

/// A loop over a few things, whose number is written there.
bool is_short(const clang::Stmt& loop, const clang::ASTContext& ast) {
    if (auto* over = dyn_cast<clang::CXXForRangeStmt>(&loop)) {
        auto* range = over->getRangeInit();
        if (range == nullptr) return true;
        const auto type = range->getType();
        auto* record = class_of(type);
        return type->isConstantArrayType() ||
               (record != nullptr && (plain_name(*record) == "std::initializer_list" ||
                                      plain_name(*record) == "std::array"));
    }
    auto* counts = dyn_cast<clang::ForStmt>(&loop);
    auto* compares = counts != nullptr
                         ? dyn_cast_or_null<clang::BinaryOperator>(counts->getCond())
                         : nullptr;
    if (compares == nullptr || !compares->isComparisonOp()) return false;
    const auto is_few = [&](const clang::Expr* bound) {
        if (bound->isValueDependent()) return false;
        const auto number = bound->getIntegerConstantExpr(ast);
        return number && number->abs().ult(turns_min);
    };
    return is_few(compares->getRHS()) || is_few(compares->getLHS());
}

const clang::Stmt* loop_in(const clang::FunctionDecl& function, unsigned depth) {
    if (function.isDependentContext()) return nullptr;
    auto& ast = function.getASTContext();
    const body in(function, ast);
    if (!in.suspensions().empty()) return nullptr;
    for (auto* each : in.calls())
        if (name_of(*each).contains("stop")) return nullptr;
    for (auto* each : in.statements())
        if (is_loop(*each) && !is_short(*each, ast)) return each;
    for (auto* each : in.calls()) {
        auto* callee = body_of(*each);
        if (callee == nullptr || callee->isInStdNamespace() || is_in_coil(*callee) ||
            isa<clang::CoroutineBodyStmt>(callee->getBody()))
            continue;
        if (callee == &function) return each;
        if (depth < depth_max && loop_in(*callee, depth + 1) != nullptr) return each;
    }
    return nullptr;
}

/// Of `coil::call_once([&] { ... })` the lambda.
const clang::FunctionDecl* coroutine_called_by(const clang::Expr& made) {
    auto* call = dyn_cast_or_null<clang::CallExpr>(without_wrappers(&made));
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    if (callee == nullptr) return nullptr;
    if (plain_name(*callee) == "coil::call_once" && call->getNumArgs() == 1) {
        auto* lambda =
            dyn_cast_or_null<clang::LambdaExpr>(without_wrappers(call->getArg(0)));
        return lambda != nullptr ? lambda->getCallOperator() : nullptr;
    }
    return is_in_coil(*callee) ? nullptr : body_of(*call);
}

}  // namespace

const clang::Stmt* computing_without_awaits(const clang::Expr& made) {
    auto* function = coroutine_called_by(made);
    auto* written = function != nullptr ? function->getBody() : nullptr;
    return isa_and_nonnull<clang::CoroutineBodyStmt>(written) ? loop_in(*function, 0)
                                                              : nullptr;
}

}  // namespace coil_check
