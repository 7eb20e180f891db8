// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class Expr;
}

namespace coil_check {

class body;

/// What becomes of an object where an expression makes it.
enum class end_of_object : unsigned char {
    elsewhere,  // it is a variable's, a member's, the caller's, ...
    taken,      // a temporary, which somebody moves from or drops
    statement,  // a temporary, which ends with the statement
    thrown_away,
    thrown,  // as an exception
};
end_of_object end_of(const clang::Expr& made, const body& in);

}  // namespace coil_check
