// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/core/body.hpp>
#include <plugin/core/place.hpp>
#include <plugin/core/repeated.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>

namespace coil_check {

using llvm::dyn_cast_or_null;

namespace {

bool is_declared_in(const clang::Stmt& loop, const place& of, const body& in) {
    auto* variable = dyn_cast_or_null<clang::VarDecl>(of.variable());
    if (variable == nullptr) return false;
    // By the place: the variable of a range-based for stands in none of its parts.
    auto& sources = in.ast().getSourceManager();
    const auto at = variable->getLocation();
    return !sources.isBeforeInTranslationUnit(at, loop.getBeginLoc()) &&
           sources.isBeforeInTranslationUnit(at, loop.getEndLoc());
}

/// `co_await handle.join()`, or anything else that may be it.
bool waits_for_children(const clang::Stmt& loop, const body& in) {
    return llvm::any_of(in.calls(), [&](const clang::CallExpr* each) {
        const llvm::StringRef name = name_of(*each);
        return (name == "join" || name == "wait" || name == "wait_all") &&
               in.is_within(*each, loop);
    });
}

}  // namespace

bool is_spawned_again(const clang::Expr& spawn, const place& of, const body& in) {
    for (auto* around = in.parent(&spawn); around != nullptr;
         around = in.parent(around)) {
        if (!is_loop(*around)) continue;
        if (is_declared_in(*around, of, in)) return false;
        if (!waits_for_children(*around, in)) return true;
    }
    return false;
}

}  // namespace coil_check
