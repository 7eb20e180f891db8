// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class Expr;
}

namespace coil_check {

class body;
class place;

/// Whether what is spawned there is spawned again, while what was spawned before still
/// runs, and for the same object: in a loop around it that does not declare that, and
/// does not wait for children.
bool is_spawned_again(const clang::Expr& spawn, const place& of, const body& in);

}  // namespace coil_check
