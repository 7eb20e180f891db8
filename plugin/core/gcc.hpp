// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Expr.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;

/// What is evaluated in an expression or statement: its parts, without an await's
/// repetitions of its operand, and of a lambda only what it captures.
llvm::SmallVector<const clang::Stmt*, 4> parts_of(const clang::Stmt& whole);

/// One thing that GCC makes of an expression with a co_await, and C++ does not.
struct gcc_fault {
    enum class kind : unsigned char {
        chosen_await,      ///< awaited although `&&`, `||` or `?:` decides otherwise
        chosen_temporary,  ///< made although `&&`, `||` or `?:` decides otherwise
        crash,             ///< a temporary decides on an await: GCC crashes
        late,              ///< the await comes before what C++ does first
        leak,              ///< of a braced list, not destroyed if the await fails
    };
    kind is;
    const clang::Expr* at;     ///< the await, or the temporary
    const clang::Expr* other;  ///< the operator that decides, or what comes first
    /// In what the operator stands, so that GCC does not take it apart; or null.
    const clang::Stmt* inside = nullptr;
};

/// How GCC, 14 as well as 16, translates an await: it makes all temporaries of a full
/// expression, awaits all awaits, then evaluates the rest. It takes `?:`, and `&&` and
/// `||` with an await on their right, apart before that, but only where they are all of
/// a statement, an initializer or the condition of an `if`, and there within each
/// other.
class gcc_translation {
public:
    explicit gcc_translation(const body& of);

    [[nodiscard]] llvm::ArrayRef<gcc_fault> faults() const { return faults_; }

private:
    /// What is taken apart.
    enum class place : unsigned char {
        statement,
        initializer,
        converted,  ///< an initializer, through an arithmetic conversion
        assigned,
        condition,  ///< of an `if`
        choice,     ///< of a `switch`
    };

    void root(const clang::Expr& whole);
    void top(const clang::Expr* part, place at, bool is_negated);
    void top_cast(const clang::CastExpr& cast, place at, bool is_negated);
    void top_unary(const clang::UnaryOperator& unary, place at, bool is_negated);
    void top_binary(const clang::BinaryOperator& binary, place at, bool is_negated);
    void top_choice(const clang::AbstractConditionalOperator& choice, place at,
                    bool is_negated);
    void top_list(const clang::InitListExpr& list, place at);
    void decides(const clang::Expr& condition, const clang::Expr& whole);
    void inner(const clang::Stmt* part);
    bool is_decided(const clang::Expr& arm, const clang::Expr& by);
    void sequence(const clang::Stmt& whole);
    void list(const clang::InitListExpr& of, bool is_variable);
    void late(const clang::Expr& first, const clang::Stmt& then);

    [[nodiscard]] bool awaits(const clang::Stmt* part) const {
        return part != nullptr && awaiting_.contains(part);
    }
    [[nodiscard]] const clang::Expr* await_in(const clang::Stmt& part) const;

    const body& in_;
    llvm::DenseSet<const clang::Stmt*> awaiting_;  ///< what an await is a part of
    llvm::SmallVector<gcc_fault, 4> faults_;
};

}  // namespace coil_check
