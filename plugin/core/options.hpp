// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringRef.h>

#include <string>
#include <vector>

namespace coil_check {

struct rule;

/// What a rule's findings are.
enum class level : unsigned char { off, warning, error };

/// What the command line chooses.
struct options {
    llvm::StringMap<level> levels;     ///< Per rule, where it is not the rule's own.
    std::vector<std::string> futures;  ///< Foreign task types: `QCoro::Task`.
    bool looks_into_system = false;    ///< Check system headers, too.
    unsigned frame_budget = 8192;      ///< In bytes: what the rule cost allows a frame.

    /// Takes one of `<rule>=error|warning|off`, `future=<name>`, `system-headers`,
    /// `frame-budget=<bytes>`.
    /// Returns what is wrong with it; empty if nothing is.
    std::string take(llvm::StringRef argument);
    [[nodiscard]] level of(const rule& asked) const;
};

}  // namespace coil_check
