// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace clang {
class CallExpr;
class VarDecl;
}  // namespace clang

namespace coil_check {

class body;

/// Whether a call ends the elements of a local container, or moves them elsewhere, so
/// that a reference into it that `holder` has means nothing any more: `all.clear()`,
/// `text = ""`, `pointer.reset()`, `all.erase(holder)`. Growth counts where nothing is
/// known to be reserved.
bool invalidates(const clang::CallExpr& call, const clang::VarDecl& owner,
                 const clang::VarDecl& holder, const body& in);

/// Whether a call may move all elements of a std::vector or std::string.
bool grows(const clang::CallExpr& call);

/// Whether its capacity is asked for or set somewhere.
bool has_known_capacity(const clang::VarDecl& owner, const body& in);

/// Whether a `std::move(x)` gives the whole local variable away, and not only its
/// address.
bool moves_away(const clang::CallExpr& move, const clang::VarDecl& from,
                const body& in);

}  // namespace coil_check
