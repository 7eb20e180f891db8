// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/StringRef.h>

#include <optional>
#include <string>

namespace clang {
class ASTContext;
class CallExpr;
class CXXRecordDecl;
}  // namespace clang

namespace coil_check {

/// A call that makes its thread wait.
struct blocking_call {
    std::string name;               // of what is called
    llvm::StringRef mend;           // what to do instead
    bool is_on_descriptor = false;  // blocks only if that does
};

/// What is known of the standard library, POSIX and a few libraries, and what is marked
/// COIL_BLOCKING. A call that asks not to wait (`MSG_DONTWAIT`, a timeout of zero) does
/// not block.
std::optional<blocking_call> as_blocking(const clang::CallExpr& call,
                                         const clang::ASTContext& ast);

/// Whether it makes a descriptor, or changes one, that does not block: O_NONBLOCK.
bool chooses_nonblocking(const clang::CallExpr& call, const clang::ASTContext& ast);

/// Whether it waits with a timeout of zero, so that it only looks: `wait_for(0s)`.
bool only_looks(const clang::CallExpr& call, const clang::ASTContext& ast);

}  // namespace coil_check
