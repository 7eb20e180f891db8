// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/advice.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/future.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/marks.hpp>
#include <plugin/core/needless.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/StmtCXX.h>
#include <clang/AST/TypeLoc.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;

namespace {

using results = llvm::SmallVector<const clang::CoreturnStmt*, 4>;

void find_results(const clang::Stmt* in, results& found) {
    if (in == nullptr || llvm::isa<clang::Expr>(in)) return;
    if (auto* result = dyn_cast<clang::CoreturnStmt>(in))
        return found.push_back(result);
    for (auto* each : in->children()) find_results(each, found);
}

clang::SourceRange result_range(const clang::FunctionDecl& function) {
    const auto whole = function.getFunctionTypeLoc();
    return whole ? whole.getReturnLoc().getSourceRange() : clang::SourceRange();
}

/// The `T` of a written `task<T>`, if that is a future, too.
clang::TypeLoc inner_future(const clang::FunctionDecl& function, const unit& of) {
    auto whole = function.getFunctionTypeLoc();
    if (!whole) return {};
    clang::TypeLoc result = whole.getReturnLoc().getUnqualifiedLoc();
    if (auto named = result.getAs<clang::ElaboratedTypeLoc>())
        result = named.getNamedTypeLoc();
    const auto written = result.getAs<clang::TemplateSpecializationTypeLoc>();
    if (!written || written.getNumArgs() != 1) return {};
    const auto given = written.getArgLoc(0);
    if (given.getArgument().getKind() != clang::TemplateArgument::Type) return {};
    if (!is_future(given.getArgument().getAsType(), of)) return {};
    return given.getTypeSourceInfo()->getTypeLoc();
}

/// Whether nobody outside of this file calls it.
bool is_known_whole(const clang::FunctionDecl& function) {
    auto* method = dyn_cast<clang::CXXMethodDecl>(&function);
    const bool is_lambda = method != nullptr && method->getParent()->isLambda();
    return !function.isTemplateInstantiation() &&
           (is_lambda || !function.isExternallyVisible()) &&
           (method == nullptr || !method->isVirtual());
}

/// `task<task<T>>` whose results are futures that it makes.
void check_nested(const body& in, report& to) {
    if (!in.is_coroutine() || !is_known_whole(in.function())) return;
    const clang::TypeLoc inner = inner_future(in.function(), to.of());
    if (inner.isNull()) return;
    results all;
    find_results(in.written(), all);
    const auto outer = result_range(in.function());
    if (all.empty() || outer.isInvalid() || outer.getBegin().isMacroID()) return;
    const auto& ast = in.ast();
    const auto text = clang::Lexer::getSourceText(
        clang::CharSourceRange::getTokenRange(inner.getSourceRange()),
        ast.getSourceManager(), ast.getLangOpts());
    finding found{.at = outer.getBegin(),
                  .text = in.name() +
                          " gives a future of a future: who awaits it has "
                          "to await its result, too",
                  .mend = "await the inner one here",
                  .statement = in.written()};
    found.fixes.push_back(clang::FixItHint::CreateReplacement(outer, text));
    for (auto* each : all) {
        auto* given = each->getOperand();
        auto* made = dyn_cast_or_null<clang::CallExpr>(without_wrappers(given));
        if (made == nullptr || !is_future(*made, to.of()) ||
            given->getBeginLoc().isMacroID())
            return;
        found.fixes.push_back(
            clang::FixItHint::CreateInsertion(given->getBeginLoc(), "co_await "));
    }
    to.add(found);
}

/// The call of a coroutine closure that is all that a lambda does.
const clang::CXXOperatorCallExpr* only_call(const clang::LambdaExpr& outer) {
    auto* block = dyn_cast_or_null<clang::CompoundStmt>(outer.getBody());
    if (block == nullptr || block->size() != 1) return nullptr;
    auto* result = dyn_cast<clang::ReturnStmt>(block->body_front());
    if (result == nullptr) return nullptr;
    auto* call = dyn_cast_or_null<clang::CXXOperatorCallExpr>(
        without_wrappers(result->getRetValue()));
    return call != nullptr && call->getOperator() == clang::OO_Call ? call : nullptr;
}

/// Whether each parameter gets the outer one of the same name and type.
bool has_same_parameters(const clang::CXXOperatorCallExpr& call,
                         const clang::LambdaExpr& inner,
                         const clang::LambdaExpr& outer) {
    auto* operation = inner.getCallOperator();
    auto* around = outer.getCallOperator();
    for (unsigned i = 0; i < operation->getNumParams(); ++i) {
        auto* parameter = operation->getParamDecl(i);
        auto* given = dyn_cast_or_null<clang::DeclRefExpr>(
            i + 1 < call.getNumArgs() ? without_wrappers(call.getArg(i + 1)) : nullptr);
        auto* same =
            given != nullptr ? dyn_cast<clang::ParmVarDecl>(given->getDecl()) : nullptr;
        if (same == nullptr || same->getDeclContext() != around ||
            same->getName() != parameter->getName() ||
            same->getType() != parameter->getType())
            return false;
    }
    return true;
}

/// Whether the closure lives as long as the futures that it gives: it holds nothing, or
/// goes to a function of coil's, which keeps it.
bool is_kept(const clang::LambdaExpr& outer, const body& in) {
    if (outer.capture_size() == 0) return true;
    const clang::Stmt* around = in.parent(&outer);
    while (llvm::isa_and_nonnull<clang::CastExpr, clang::MaterializeTemporaryExpr,
                                 clang::CXXBindTemporaryExpr, clang::ParenExpr,
                                 clang::CXXConstructExpr>(around))
        around = in.parent(around);
    auto* call = dyn_cast_or_null<clang::CallExpr>(around);
    auto* callee = call != nullptr ? call->getDirectCallee() : nullptr;
    return callee != nullptr &&
           llvm::StringRef(plain_name(*callee)).starts_with("coil::");
}

void check_closure(const clang::LambdaExpr& outer, const body& in, report& to) {
    if (outer.isGenericLambda() || !is_kept(outer, in)) return;
    auto* call = only_call(outer);
    auto* inner =
        call != nullptr
            ? dyn_cast_or_null<clang::LambdaExpr>(without_wrappers(call->getArg(0)))
            : nullptr;
    if (inner == nullptr || inner->isGenericLambda() || inner->isMutable() ||
        !inner->hasExplicitResultType() ||
        !llvm::isa<clang::CoroutineBodyStmt>(inner->getCallOperator()->getBody()) ||
        llvm::any_of(inner->explicit_captures(), [](auto&) { return true; }) ||
        !has_same_parameters(*call, *inner, outer) || outer.getBeginLoc().isMacroID() ||
        inner->getBeginLoc().isMacroID())
        return;
    const auto& sources = in.ast().getSourceManager();
    const auto& language = in.ast().getLangOpts();
    auto* body = inner->getCompoundStmtBody();
    const auto result = result_range(*inner->getCallOperator());
    const auto text = clang::Lexer::getSourceText(
        clang::CharSourceRange::getTokenRange(result), sources, language);
    std::string head = outer.hasExplicitParameters() ? "" : "() ";
    if (!outer.hasExplicitResultType()) head += "-> " + text.str() + " ";
    finding found{.at = outer.getBeginLoc(),
                  .text = "this lambda only calls another, which is a coroutine",
                  .mend = "make it the coroutine itself: who calls it keeps it alive",
                  .statement = &outer};
    const auto end =
        clang::Lexer::getLocForEndOfToken(body->getEndLoc(), 0, sources, language);
    found.fixes.push_back(clang::FixItHint::CreateReplacement(
        clang::CharSourceRange::getCharRange(outer.getBody()->getBeginLoc(),
                                             body->getBeginLoc()),
        head));
    found.fixes.push_back(clang::FixItHint::CreateRemoval(
        clang::CharSourceRange::getTokenRange(end, outer.getBody()->getEndLoc())));
    to.add(found);
}

void find_closures(const clang::Stmt* part, const body& in, report& to) {
    if (part == nullptr) return;
    if (auto* lambda = dyn_cast<clang::LambdaExpr>(part)) {
        if (in.parent(lambda) != nullptr) check_closure(*lambda, in, to);
        return;  // what is in there is looked at as a function of its own
    }
    for (auto* each : parts_of(*part)) find_closures(each, in, to);
}

void check_body(const body& in, report& to) {
    check_nested(in, to);
    check_needless_coroutine(in, to);
    find_closures(in.written(), in, to);
}

}  // namespace

const rule advice{"advice", level::off, &check_body};

}  // namespace coil_check
