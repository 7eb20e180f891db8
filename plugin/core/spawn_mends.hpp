// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace clang {
class ASTContext;
}

namespace coil_check {

struct lender;

/// What to do where a child refers to what it should own: a temporary that a parameter
/// refers to, what a std::shared_ptr owns. Empty if there is nothing special about it.
std::string mend_of_spawned(const lender& lent, const clang::ASTContext& ast);

}  // namespace coil_check
