// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/place.hpp>

namespace coil_check {

class body;

/// An object that an expression names: `x`, `x.part`, `this->part`, or what such a one
/// holds: `*x`.
struct object {
    place of;
    bool is_inside = false;
    static object named_by(const clang::Expr& expression);
    friend bool operator==(const object& a, const object& b) {
        return a.of == b.of && a.is_inside == b.is_inside;
    }
};

/// What becomes of an object from which was moved, where it is named.
enum class spent_use : unsigned char {
    nothing,  ///< what is looked at is still there, or it is another object
    reads,    ///< its value is needed, for certain
    renews,   ///< it has a value again, or may have one, or is asked whether it has
};

/// Of an expression that names the variable, or `*this`, in which the object lies.
spent_use use_of_spent(const object& spent, const clang::Expr& named, const body& in);

/// Whether the value of a `std::move(x)` is moved into another object right there, and
/// not only bound to a reference: the expression that makes that one, or null.
const clang::CXXConstructExpr* moved_by(const clang::CallExpr& move, const body& in);

}  // namespace coil_check
