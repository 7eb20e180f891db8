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
    /// How deep it lies in what that owns: 1 for an element, 2 for one of an element.
    unsigned inside = 0;
    const clang::Expr* owner = nullptr;  ///< what an element is one of
    bool is_read = false;   ///< what a parameter refers to, rather than itself
    bool is_outer = false;  ///< a variable of the function around this lambda
    /// What keeps the reference: a parameter, or a lambda's or method's object.
    const clang::NamedDecl* kept_by = nullptr;
    /// Where a function that is called spawns what refers to it.
    const clang::Expr* spawned_by = nullptr;

    /// Whether it ends with this call of the function.
    [[nodiscard]] bool is_own() const;
};
using lenders = llvm::SmallVector<lender, 4>;

/// A call as its function sees it: what each parameter is given, and its object.
struct given_call {
    static given_call of(const clang::CallExpr& call);

    llvm::ArrayRef<const clang::Expr*> arguments;
    const clang::Expr* object = nullptr;
    const lender* made = nullptr;  ///< the object, if this call constructs it
};

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

    /// From now on also finds what a lambda has captured.
    void sees_outer() { sees_outer_ = true; }
    /// What the value of an expression refers to.
    [[nodiscard]] lenders of_value(const clang::Expr& value);
    /// The object that an expression names.
    [[nodiscard]] lenders of_place(const clang::Expr& place);
    /// What a variable may refer to, by all that it is given.
    [[nodiscard]] lenders of_variable(const clang::VarDecl& variable);
    /// What children refer to that a call spawns: what is marked COIL_SPAWNS, or a
    /// function that can be seen and gives them to a group that it was given, or spawns
    /// what goes on when it has returned.
    [[nodiscard]] lenders of_spawned(const clang::CallExpr& call);
    /// The same of a constructor.
    [[nodiscard]] lenders of_spawned(const clang::CXXConstructExpr& made);

private:
    /// What a parameter, or the object, of the callee is in the caller.
    [[nodiscard]] lenders seen_by_caller(const given_call& call, const lender& inside);
    [[nodiscard]] lenders of_spawned_in(const clang::FunctionDecl& callee,
                                        const given_call& call, bool has_group);
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
    [[nodiscard]] lenders of_inside(const clang::Expr& owner);
    [[nodiscard]] lenders of_object(const clang::Expr& object);
    [[nodiscard]] lenders of_argument(const clang::Expr& argument,
                                      clang::QualType parameter);

    const body& in_;
    const unit& of_;
    unsigned depth_ = 0;
    bool sees_outer_ = false;
};

/// Whether it is marked COIL_SPAWNS.
bool is_spawner(const clang::FunctionDecl* callee);

/// Whether the full expression that makes a future awaits it.
bool is_awaited_in(const clang::Expr& future, const body& in);

/// A type whose values refer to others: a pointer, a string_view, a span, an iterator,
/// what is marked as such.
bool is_view(clang::QualType type);

}  // namespace coil_check
