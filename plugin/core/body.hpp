// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>

#include <memory>

namespace clang {
class ASTContext;
class FunctionDecl;
}  // namespace clang

namespace coil_check {

class flow;

/// One function with a body, as rules see it: what is in it, found in one walk. Bodies
/// of lambdas are functions of their own, and what is not evaluated, such as sizeof's
/// operand, is left out.
class body {
public:
    body(const clang::FunctionDecl& function, clang::ASTContext& ast);
    ~body();

    [[nodiscard]] const clang::FunctionDecl& function() const { return function_; }
    [[nodiscard]] clang::ASTContext& ast() const { return ast_; }
    [[nodiscard]] bool is_coroutine() const { return is_coroutine_; }
    /// What stands between the braces, without what the compiler adds in a coroutine.
    [[nodiscard]] const clang::Stmt* written() const { return written_; }
    /// `'serve'`, or "this lambda": as a message calls the function.
    [[nodiscard]] std::string name() const;

    /// Each `co_await` and `co_yield` that is written there.
    [[nodiscard]] llvm::ArrayRef<const clang::CoroutineSuspendExpr*> suspensions()
        const {
        return suspensions_;
    }
    [[nodiscard]] llvm::ArrayRef<const clang::CallExpr*> calls() const {
        return calls_;
    }
    [[nodiscard]] llvm::ArrayRef<const clang::LambdaExpr*> lambdas() const {
        return lambdas_;
    }
    /// What is returned, by return or co_return.
    [[nodiscard]] llvm::ArrayRef<const clang::Expr*> returns() const {
        return returns_;
    }
    /// Temporaries that have a destructor.
    [[nodiscard]] llvm::ArrayRef<const clang::Expr*> temporaries() const {
        return temporaries_;
    }
    /// Local variables, not static ones, and not parameters.
    [[nodiscard]] llvm::ArrayRef<const clang::VarDecl*> locals() const {
        return locals_;
    }
    /// All of it, each before its parts.
    [[nodiscard]] llvm::ArrayRef<const clang::Stmt*> statements() const {
        return statements_;
    }
    /// Where a variable is named, also by a structured binding or a lambda's capture.
    [[nodiscard]] llvm::ArrayRef<const clang::Expr*> uses(
        const clang::VarDecl& of) const;
    /// The variable that an expression initializes, or null.
    [[nodiscard]] const clang::VarDecl* initialized_by(const clang::Expr& whole) const {
        return initialized_.lookup(&whole);
    }
    /// The statement that declares a local variable; null for a parameter.
    [[nodiscard]] const clang::Stmt* declares(const clang::VarDecl& variable) const {
        return declared_.lookup(&variable);
    }
    /// Whether somebody else may know where the variable is: its address was taken, or
    /// a reference bound to it.
    [[nodiscard]] bool is_lent(const clang::VarDecl& variable) const {
        return lent_.contains(&variable);
    }
    /// What a statement stands in; null for the outermost.
    [[nodiscard]] const clang::Stmt* parent(const clang::Stmt* of) const {
        return parents_.lookup(of);
    }
    /// Whether a statement is `whole` or a part of it.
    [[nodiscard]] bool is_within(const clang::Stmt& part,
                                 const clang::Stmt& whole) const {
        for (auto* each = &part; each != nullptr; each = parent(each))
            if (each == &whole) return true;
        return false;
    }
    /// The innermost loop that a statement is, or stands in; null if there is none.
    [[nodiscard]] const clang::Stmt* loop_around(const clang::Stmt* statement) const;
    /// Its control flow; null if clang cannot draw it.
    [[nodiscard]] const flow* control() const;

private:
    void walk(const clang::Stmt* statement, const clang::Stmt* parent);
    void walk_children(const clang::Stmt& of);
    void walk_variable(const clang::VarDecl& variable, const clang::Stmt& in);
    void walk_declarations(const clang::DeclStmt& statement);
    void walk_lambda(const clang::LambdaExpr& lambda);
    void note_use(const clang::DeclRefExpr& use);
    void note(const clang::Stmt& statement);

    const clang::FunctionDecl& function_;
    clang::ASTContext& ast_;
    const clang::Stmt* written_ = nullptr;
    bool is_coroutine_ = false;
    llvm::SmallVector<const clang::Stmt*, 0> statements_;
    llvm::SmallVector<const clang::CoroutineSuspendExpr*, 8> suspensions_;
    llvm::SmallVector<const clang::CallExpr*, 32> calls_;
    llvm::SmallVector<const clang::LambdaExpr*, 4> lambdas_;
    llvm::SmallVector<const clang::Expr*, 4> returns_;
    llvm::SmallVector<const clang::Expr*, 16> temporaries_;
    llvm::SmallVector<const clang::VarDecl*, 16> locals_;
    llvm::DenseMap<const clang::VarDecl*, llvm::SmallVector<const clang::Expr*, 4>>
        uses_;
    llvm::DenseMap<const clang::Stmt*, const clang::VarDecl*> initialized_;
    llvm::DenseMap<const clang::VarDecl*, const clang::Stmt*> declared_;
    llvm::DenseSet<const clang::VarDecl*> lent_;
    llvm::DenseMap<const clang::Stmt*, const clang::Stmt*> parents_;
    mutable std::unique_ptr<flow> control_;
    mutable bool has_tried_control_ = false;
};

/// The innermost statement around two others, and the way down to each.
struct fork {
    const clang::Stmt* at = nullptr;
    const clang::Stmt* to_first = nullptr;   // null: the first is around the second
    const clang::Stmt* to_second = nullptr;  // null: the second is around the first
};
fork fork_of(const clang::Stmt& first, const clang::Stmt& second, const body& in);

}  // namespace coil_check
