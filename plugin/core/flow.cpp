// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/flow.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>

namespace coil_check {

std::unique_ptr<flow> flow::of(const body& function) {
    clang::CFG::BuildOptions choices;
    choices.AddImplicitDtors = true;
    choices.AddLifetime = true;
    choices.AddEHEdges = true;
    choices.PruneTriviallyFalseEdges = true;
    choices.setAllAlwaysAdd();
    auto* written = const_cast<clang::Stmt*>(function.written());
    auto graph =
        clang::CFG::buildCFG(&function.function(), written, &function.ast(), choices);
    if (graph == nullptr) return nullptr;
    return std::unique_ptr<flow>(new flow(std::move(graph), function));
}

flow::flow(std::unique_ptr<clang::CFG> graph, const body& function)
    : graph_(std::move(graph)) {
    for (auto* each : function.suspensions())
        points_[without_wrappers(each->getReadyExpr())] = each;
}

const clang::CoroutineSuspendExpr* flow::suspension_at(
    const clang::CFGElement& element) const {
    const auto statement = element.getAs<clang::CFGStmt>();
    return statement ? points_.lookup(statement->getStmt()) : nullptr;
}

const clang::VarDecl* flow::ended_at(const clang::CFGElement& element) {
    if (const auto gone = element.getAs<clang::CFGAutomaticObjDtor>())
        return gone->getVarDecl();
    if (const auto gone = element.getAs<clang::CFGLifetimeEnds>())
        return gone->getVarDecl();
    return nullptr;
}

}  // namespace coil_check
