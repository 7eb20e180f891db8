// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <llvm/ADT/ArrayRef.h>

#include <cstdint>
#include <optional>

namespace clang {
class Expr;
class ValueDecl;
}  // namespace clang

namespace coil_check {

struct unit;

/// A condition that asks whether an object holds anything: `!x`, `x.has_value()`,
/// `x == nullptr`, `v.empty()`. A loop over `g.next()` asks of `g`.
struct asked_emptiness {
    const clang::ValueDecl* object;
    bool is_empty_if;
    bool is_end_of_loop =
        false;  // `it == all.end()`, `i < all.size()`: of a loop that drops
};
std::optional<asked_emptiness> emptiness_in(const clang::Expr& condition,
                                            const unit& of);

/// `switch (x.index())`: the variant, or race_result, of which a case asks.
struct asked_alternative {
    const clang::ValueDecl* object;
    const clang::Expr* whole;  // the object, as an expression
};
std::optional<asked_alternative> alternative_in(const clang::Expr* value);
/// Whether a variant or the like owes no drop while it holds this alternative.
bool owes_nothing_with(const clang::Expr& whole, std::uint64_t alternative,
                       const unit& of);
/// ... while it holds another than these.
bool owes_nothing_without(const clang::Expr& whole,
                          llvm::ArrayRef<std::uint64_t> alternatives, const unit& of);

}  // namespace coil_check
