// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/ExprCXX.h>
#include <llvm/ADT/SmallVector.h>

namespace coil_check {

class body;
struct unit;

/// An object that a value refers to, so that it has to live as long.
struct lender {
    const clang::VarDecl* variable =
        nullptr;                             ///< a local variable or parameter, or ...
    const clang::Expr* temporary = nullptr;  ///< a temporary, or ...
    bool is_this = false;                    ///< the object of the function itself
    /// What keeps the reference: a parameter, or a lambda's or method's object.
    const clang::NamedDecl* kept_by = nullptr;
    /// Of a parameter that is a reference to a view: what that view refers to.
    bool is_read = false;
};
using lenders = llvm::SmallVector<lender, 4>;

/// Finds what futures, views, pointers and closures refer to.
///
/// A coroutine keeps its parameters: references, views and pointers among them refer to
/// what they were given, and so does a member function to its object, a lambda to its
/// captures. A combinator takes its arguments over, with what those refer to. Other
/// functions that give a future are looked into, where they can be seen; where not,
/// they are taken for coroutines. Where nothing is known, nothing is assumed.
class loans {
public:
    loans(const body& in, const unit& of) : in_(in), of_(of) {}

    /// What the value of an expression refers to.
    [[nodiscard]] lenders of_value(const clang::Expr& value);
    /// The object that an expression names.
    [[nodiscard]] lenders of_place(const clang::Expr& place);
    /// What a variable may refer to, by all that it is given.
    [[nodiscard]] lenders of_variable(const clang::VarDecl& variable);

private:
    [[nodiscard]] lenders of_named(const clang::DeclRefExpr& named);
    [[nodiscard]] lenders of_reference(const clang::VarDecl& reference);
    [[nodiscard]] lenders of_call_value(const clang::CallExpr& call);
    [[nodiscard]] lenders of_call_place(const clang::CallExpr& call);
    [[nodiscard]] lenders of_future(const clang::CallExpr& call);
    [[nodiscard]] lenders of_parameters(const clang::CallExpr& call);
    [[nodiscard]] lenders of_arguments(const clang::CallExpr& call);
    [[nodiscard]] lenders by_body(const clang::CallExpr& call,
                                  const clang::FunctionDecl& callee);
    [[nodiscard]] lenders of_closure(const clang::LambdaExpr& lambda);
    [[nodiscard]] lenders of_construct(const clang::CXXConstructExpr& construct);
    [[nodiscard]] lenders of_object(const clang::Expr& object);
    [[nodiscard]] lenders of_argument(const clang::Expr& argument,
                                      clang::QualType parameter);

    const body& in_;
    const unit& of_;
    unsigned depth_ = 0;
};

/// A type whose values refer to others: a pointer, a string_view, a span, an iterator,
/// what is marked as such.
bool is_view(clang::QualType type);

}  // namespace coil_check
