// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/options.hpp>

namespace clang {
class ASTContext;
class Sema;
}  // namespace clang

namespace coil_check {

/// One translation unit while it is checked.
struct unit {
    clang::ASTContext& ast;
    const options& chosen;
    /// Answers for templates that the program does not use itself; clang-tidy has none.
    clang::Sema* sema = nullptr;
};

/// Checks all functions and classes of a translation unit.
void check(unit& of);

}  // namespace coil_check
