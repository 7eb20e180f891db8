// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <plugin/core/rules.hpp>
#include <plugin/core/unit.hpp>

#include <clang/AST/Type.h>
#include <clang/Basic/Diagnostic.h>
#include <llvm/ADT/SmallVector.h>

#include <string>

namespace clang {
class Decl;
class Stmt;
}  // namespace clang

namespace coil_check {

/// What a rule has to say about one place. Its parts in the order of the reader's
/// questions: what is wrong (`text`), why (`notes`: the demand, the value, the path to
/// the offending member), what to do (`mend`). At most 12 lines with the code that
/// clang shows, so three notes with a place.
struct finding {
    clang::SourceLocation at;
    std::string text = {};
    struct note {
        clang::SourceLocation at;  // none: a line without code
        std::string text;
    };
    llvm::SmallVector<note, 4> notes = {};
    std::string mend = {};
    llvm::SmallVector<clang::FixItHint, 2> fixes = {};
    /// What `[[gsl::suppress("coil-<rule>")]]` on it, or around it, silences. That of
    /// the function always does, and what is around it, if it is a lambda.
    const clang::Stmt* statement = nullptr;
    const clang::Decl* declaration = nullptr;
};

/// Where the findings of one rule in one function or class go.
class report {
public:
    report(unit& of, const rule& by, const body* within)
        : of_(of),
          by_(by),
          within_(within) {}

    [[nodiscard]] unit& of() const { return of_; }
    /// Says it, once.
    void add(finding found);

private:
    [[nodiscard]] bool is_silenced(const finding& found) const;
    [[nodiscard]] bool is_new(const finding& found) const;

    unit& of_;
    const rule& by_;
    const body* within_;
};

/// Whether an attribute around a statement silences the rule, in its function or, if
/// that is a lambda, in the function that makes it; `rule` with the `coil-`.
bool is_silent_around(const clang::Stmt* statement, const body& in,
                      const std::string& rule);

/// A type as the user wrote it: no `class`, no defaulted template arguments.
std::string text_of(clang::QualType type, const clang::ASTContext& ast);

/// The same in quotes, or `otherwise` if the name is no user's business: `detail::`.
std::string quoted(clang::QualType type, const clang::ASTContext& ast,
                   llvm::StringRef otherwise);

}  // namespace coil_check
