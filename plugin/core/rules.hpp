// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/options.hpp>

#include <llvm/ADT/ArrayRef.h>

namespace clang {
class CXXRecordDecl;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;
class report;

/// One rule of coil-check: a pair of files in plugin/checks/, and a page.
struct rule {
    llvm::StringRef name;  ///< As in `[coil-<name>]`, `<name>=off`, `<name>.md`.
    level by_default;
    /// Looks at one function that has a body; null if the rule has no use for it.
    void (*check_body)(const body&, report&) = nullptr;
    /// Looks at one class that is defined; null if the rule has no use for it.
    void (*check_class)(const clang::CXXRecordDecl&, report&) = nullptr;
    /// Looks at one variable that lives as long as the program or its thread: a global
    /// one, a static local, a static member.
    void (*check_global)(const clang::VarDecl&, report&) = nullptr;
};

/// The registry: rules.cpp lists them.
llvm::ArrayRef<const rule*> all_rules();
const rule* rule_named(llvm::StringRef name);

}  // namespace coil_check
