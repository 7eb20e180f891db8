// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <clang/AST/Expr.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringRef.h>

#include <string>

namespace coil_check {

/// An object that has a name where it is used: a variable, or a member of one or of
/// `*this`. Two are equal if their names mean the same object.
class place {
public:
    place() = default;
    /// Of what an expression names, also through `std::move`; empty if it has no name.
    static place of(const clang::Expr* expression);
    /// `*this`.
    static place of_object();

    [[nodiscard]] bool is_empty() const { return path_.empty(); }
    [[nodiscard]] bool is_member_of_this() const { return !is_empty() && !path_[0]; }
    /// The outermost variable; null for a member of `*this`.
    [[nodiscard]] const clang::ValueDecl* variable() const {
        return is_empty() ? nullptr : path_[0];
    }
    /// The same object, where a function calls `parameter` what the caller calls `as`.
    [[nodiscard]] place seen_as(const clang::ValueDecl* parameter,
                                const place& as) const;
    /// What a function calls it whose `parameter` is `given`, if it is that or a part.
    [[nodiscard]] place seen_from(const place& given,
                                  const clang::ValueDecl* parameter) const;
    [[nodiscard]] std::string name() const;
    /// Null of `*this`.
    [[nodiscard]] clang::QualType type() const {
        return is_empty() || !path_.back() ? clang::QualType()
                                           : path_.back()->getType();
    }
    friend bool operator==(const place& a, const place& b) {
        return !a.is_empty() && a.path_ == b.path_;
    }

private:
    /// From the outside; null for `*this`.
    llvm::SmallVector<const clang::ValueDecl*, 3> path_;
};

/// What a caller calls an object that the function it calls knows as a parameter, as
/// `*this`, or as a part of those; empty if it is none, or has no name there.
place seen_by_caller(const place& inside, const clang::CallExpr& call);

/// The declaration of a call's function that has a body, or null.
const clang::FunctionDecl* body_of(const clang::CallExpr& call);

/// The object of a call's parameter: its argument. Null if the call has none.
const clang::Expr* argument_for(const clang::CallExpr& call, unsigned parameter);

}  // namespace coil_check
