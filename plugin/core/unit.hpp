// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/options.hpp>

#include <llvm/ADT/StringSet.h>

#include <functional>
#include <memory>

namespace clang {
class ASTContext;
class Sema;
}  // namespace clang

namespace coil_check {

class blocking_functions;
class call_sites;
class crossings;
class many_threads;
class spawning_functions;
struct finding;
struct rule;

/// One translation unit while it is checked.
struct unit {
    /// `compiler` instantiates templates that the program does not use itself;
    /// clang-tidy has none.
    unit(clang::ASTContext& tree, const options& choice, clang::Sema* compiler);
    ~unit();

    clang::ASTContext& ast;
    const options& chosen;
    clang::Sema* sema;
    /// What may get to another thread.
    std::unique_ptr<crossings> types;
    /// Which functions run on several threads.
    std::unique_ptr<many_threads> threads;
    /// Which plain functions block.
    std::unique_ptr<blocking_functions> helpers;
    /// Who calls which functions.
    std::unique_ptr<call_sites> calls;
    /// Which functions spawn.
    std::unique_ptr<spawning_functions> spawning;
    /// Says a finding where that is not for the compiler to do, as in clang-tidy.
    std::function<void(const rule&, level, const finding&)> say = {};
    /// What was said: of a template, each instance finds the same.
    llvm::StringSet<> said = {};
};

/// Checks all functions and classes of a translation unit. Returns how many coroutines
/// are written there.
unsigned check(unit& of);

}  // namespace coil_check
