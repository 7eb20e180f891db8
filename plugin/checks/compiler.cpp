// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <plugin/checks/compiler.hpp>
#include <plugin/core/body.hpp>
#include <plugin/core/gcc.hpp>
#include <plugin/core/report.hpp>
#include <plugin/core/syntax.hpp>

#include <clang/AST/ASTContext.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/Builtins.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>
#include <llvm/ADT/SmallPtrSet.h>

namespace coil_check {

using llvm::dyn_cast;
using llvm::dyn_cast_or_null;
using llvm::isa_and_nonnull;

namespace {

/// `'&&'`, as the code has it.
std::string spelling(const clang::Expr& of) {
    auto* binary = dyn_cast<clang::BinaryOperator>(&of);
    return binary != nullptr ? "'" + binary->getOpcodeStr().str() + "'" : "'?:'";
}
clang::SourceLocation place_of(const clang::Expr& of) {
    if (auto* binary = dyn_cast<clang::BinaryOperator>(&of))
        return binary->getOperatorLoc();
    if (auto* choice = dyn_cast<clang::AbstractConditionalOperator>(&of))
        return choice->getQuestionLoc();
    if (auto* await = dyn_cast<clang::CoroutineSuspendExpr>(&of))
        return await->getKeywordLoc();
    return of.getExprLoc();
}

/// When an operator does without its right side, or without one of two.
std::string otherwise(const clang::Expr& of) {
    auto* binary = dyn_cast<clang::BinaryOperator>(&of);
    if (binary == nullptr) return "if '?:' chooses the other side";
    return "if " + spelling(of) + " has decided without it";
}

std::string stands_in(const clang::Stmt* inside) {
    if (isa_and_nonnull<clang::CoreturnStmt>(inside)) return "of the co_return";
    if (isa_and_nonnull<clang::CoroutineSuspendExpr>(inside))
        return "of another co_await's operand";
    if (isa_and_nonnull<clang::WhileStmt, clang::DoStmt, clang::ForStmt>(inside))
        return "of a loop's condition";
    if (isa_and_nonnull<clang::CXXConstructExpr>(inside))
        return "of what a constructor is given";
    if (isa_and_nonnull<clang::CallExpr>(inside)) return "of what a call is given";
    return "of a larger expression";
}

bool is_named_already(llvm::StringRef name, const clang::ASTContext& ast) {
    return ast.Idents.find(name) != ast.Idents.end();
}

/// `co_return a && co_await b;` becomes two statements, where there may be two.
void name_result(const gcc_fault& fault, const body& in, finding& found) {
    auto* result = dyn_cast_or_null<clang::CoreturnStmt>(fault.inside);
    const clang::Expr& whole = *fault.other;
    if (result == nullptr || !isa_and_nonnull<clang::CompoundStmt>(in.parent(result)))
        return;
    if (!whole.isPRValue() || result->getBeginLoc().isMacroID() ||
        whole.getEndLoc().isMacroID())
        return;
    auto& sources = in.ast().getSourceManager();
    const auto end = clang::Lexer::getLocForEndOfToken(whole.getEndLoc(), 0, sources,
                                                       in.ast().getLangOpts());
    auto* operand = without_wrappers(result->getOperand());
    const bool is_bool = whole.getType()->isBooleanType();
    const std::string name = is_bool ? "decided" : "chosen";
    if (operand != &whole || end.isInvalid() || is_named_already(name, in.ast()))
        return;
    const clang::SourceRange keyword(result->getKeywordLoc(), result->getKeywordLoc());
    found.fixes.push_back(clang::FixItHint::CreateReplacement(
        keyword, (is_bool ? "const bool " : "auto ") + name + " ="));
    found.fixes.push_back(
        clang::FixItHint::CreateInsertion(end, "; co_return " + name));
}

void say(const gcc_fault& fault, const body& in, report& to) {
    finding found{.at = place_of(*fault.at), .statement = fault.at};
    const std::string type =
        "'" + text_of(fault.at->getType().getUnqualifiedType(), in.ast()) + "'";
    switch (fault.is) {
        case gcc_fault::kind::chosen_await:
            found.text = "GCC awaits this even " + otherwise(*fault.other);
            found.notes.push_back(
                {place_of(*fault.other),
                 "GCC gets this right where it is all of a statement, "
                 "but here it is a part " +
                     stands_in(fault.inside)});
            found.mend =
                "make it the whole initializer of a local of its very type, "
                "and use that here";
            name_result(fault, in, found);
            break;
        case gcc_fault::kind::chosen_temporary:
            found.text =
                "GCC makes this " + type + " first, even " + otherwise(*fault.other);
            found.notes.push_back({place_of(*fault.other),
                                   "in an expression with a co_await, GCC makes "
                                   "temporaries before anything else"});
            found.mend = "await into a local first, in a statement of its own";
            break;
        case gcc_fault::kind::crash:
            found.text =
                "GCC crashes: whether to await hangs on this temporary " + type;
            found.notes.push_back({place_of(*fault.other), "it is decided here"});
            found.mend = "give what stands before " + spelling(*fault.other) +
                         " a name first: const bool ... =";
            break;
        case gcc_fault::kind::late:
            found.text = "GCC awaits this before it does what C++ does first";
            found.notes.push_back({place_of(*fault.other), "that is this"});
            found.mend = "write two statements, in the order that you want";
            break;
        case gcc_fault::kind::leak:
            found.text = "GCC forgets what the braces made before, if this fails";
            found.notes.push_back(
                {place_of(*fault.other), "this is not destroyed then"});
            found.mend = "await into a local first, in a statement of its own";
            break;
    }
    to.add(found);
}

/// A `continue` of this very loop.
const clang::Stmt* continue_in(const clang::Stmt* part) {
    if (part == nullptr || llvm::isa<clang::Expr, clang::WhileStmt, clang::DoStmt,
                                     clang::ForStmt, clang::CXXForRangeStmt>(part))
        return nullptr;
    if (llvm::isa<clang::ContinueStmt>(part)) return part;
    for (auto* each : part->children())
        if (auto* found = continue_in(each)) return found;
    return nullptr;
}

using seen = llvm::SmallPtrSet<const clang::Stmt*, 8>;

/// What an await stands in, up to the function.
void check_around(const clang::CoroutineSuspendExpr& await, seen& reported,
                  const body& in, report& to) {
    const clang::Stmt* part = &await;
    for (auto* whole = in.parent(part); whole != nullptr;
         part = std::exchange(whole, in.parent(whole))) {
        if (llvm::isa<clang::StmtExpr>(whole) && reported.insert(whole).second)
            to.add({.at = whole->getBeginLoc(),
                    .text = "GCC crashes on a co_await inside of '({ ... })'",
                    .notes = {{await.getKeywordLoc(), "which is here"}},
                    .mend = "write it as statements, or as a function",
                    .statement = whole});
        auto* loop = dyn_cast<clang::DoStmt>(whole);
        if (loop != nullptr && loop->getCond() == part) {
            auto* ending = continue_in(loop->getBody());
            if (ending != nullptr && reported.insert(whole).second)
                to.add({.at = await.getKeywordLoc(),
                        .text = "GCC does not ask this after 'continue', and goes on",
                        .notes = {{ending->getBeginLoc(), "after this one"}},
                        .mend = "await at the end of the body, and leave it by 'break'",
                        .statement = whole});
        }
        auto* call = dyn_cast<clang::CallExpr>(whole);
        if (call != nullptr &&
            call->getBuiltinCallee() == clang::Builtin::BI__builtin_constant_p)
            to.add({.at = await.getKeywordLoc(),
                    .text = "GCC awaits this, although __builtin_constant_p only looks",
                    .mend = "await into a local first, and use that here",
                    .statement = call});
    }
}

void check_body(const body& in, report& to) {
    if (!in.is_coroutine() || in.suspensions().empty()) return;
    seen reported;
    for (auto* each : in.suspensions()) check_around(*each, reported, in, to);
    const gcc_translation by_gcc(in);
    for (const auto& each : by_gcc.faults()) say(each, in, to);
}

}  // namespace

const rule compiler{"compiler", level::off, &check_body};

}  // namespace coil_check
